/** Writes numbers and texts one after the other, little-endian. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  u8(value: number): void {
    const at = this.#grow(1);
    this.#view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.#grow(2);
    this.#view.setUint16(at, value, true);
  }

  u24(value: number): void {
    this.u8(value & 0xff);
    this.u16(value >>> 8);
  }

  u32(value: number): void {
    const at = this.#grow(4);
    this.#view.setUint32(at, value, true);
  }

  f32(value: number): void {
    const at = this.#grow(4);
    this.#view.setFloat32(at, value, true);
  }

  bytes(value: Uint8Array): void {
    const at = this.#grow(value.length);
    this.#bytes.set(value, at);
  }

  /** UTF-8 behind its length. */
  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.u16(bytes.length);
    this.bytes(bytes);
  }

  get length(): number {
    return this.#length;
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Makes room and tells where it begins. */
  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

/** Reads what a `ByteWriter` wrote. A blob that is cut is an error which names it. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #what: string;
  #at = 0;

  /** @param what the blob's name in an error: `packed model`. */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u24(): number {
    const low = this.u8();
    return low | (this.u16() << 8);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  f32(): number {
    return this.#view.getFloat32(this.#take(4), true);
  }

  bytes(count: number): Uint8Array {
    const at = this.#take(count);
    return this.#bytes.subarray(at, at + count);
  }

  text(): string {
    return new TextDecoder().decode(this.bytes(this.u16()));
  }

  /** The count again, once so many things of that size fit into what is left: a cut blob allocates nothing. */
  room(count: number, bytesEach: number): number {
    if (this.#at + count * bytesEach > this.#bytes.length) throw this.#cut();
    return count;
  }

  /** Checks that the blob begins with this mark, so that a foreign one is not taken for numbers. */
  mark(expected: string): void {
    const found = this.#bytes.length < expected.length ? '' : ascii(this.bytes(expected.length));
    if (found !== expected) {
      throw new Error(
        `This is no ${this.#what} of this version: it should begin with ${expected}. Make it anew.`,
      );
    }
  }

  /** Checks that nothing is left. */
  end(): void {
    if (this.#at !== this.#bytes.length) {
      throw new Error(
        `The ${this.#what} has ${this.#bytes.length - this.#at} bytes too many. Make it anew.`,
      );
    }
  }

  #take(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length) throw this.#cut();
    this.#at += count;
    return at;
  }

  #cut(): Error {
    return new Error(
      `The ${this.#what} is cut: it ends after ${this.#bytes.length} bytes. Make it anew.`,
    );
  }
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
