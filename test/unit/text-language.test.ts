import { expect, test } from 'vitest';
import { languageOf } from '../../src/domain/text-language.ts';

test.each([
  ['en', 'We show that the kettles of this town are heated by the sun, and that it can be done.'],
  ['de', 'Wir zeigen, dass die Kessel der Stadt von der Sonne geheizt werden und nicht mit Gas.'],
  [
    'fr',
    'Nous montrons que les bouilloires de la ville sont chauffées par le soleil et dans une heure.',
  ],
  [
    'es',
    'Mostramos que las teteras de la ciudad se calientan con el sol y que los vecinos son felices.',
  ],
  [
    'pt',
    'Mostramos que as chaleiras da cidade não são aquecidas com gás, e que os vizinhos e o sol.',
  ],
  [
    'it',
    'Si mostra che i bollitori della città sono scaldati con il sole e che gli amici del paese.',
  ],
  ['nl', 'Het blijkt dat de ketels van de stad met zonlicht worden verwarmd en niet met het gas.'],
  ['zh', '我们表明，城市的水壶由太阳加热 (LLM)。'],
  ['ja', '私たちは、町のやかんが太陽で温められることを示します。'],
  ['ko', '우리는 도시의 주전자가 태양으로 가열됨을 보인다.'],
  ['ru', 'Мы показываем, что чайники города нагреваются солнцем.'],
  ['uk', 'Ми показуємо, що чайники міста нагріваються сонцем.'],
  ['ar', 'نبين أن غلايات المدينة تسخن بالشمس'],
  ['el', 'Δείχνουμε ότι οι βραστήρες της πόλης θερμαίνονται από τον ήλιο.'],
])('%s: %s', (language, text) => {
  expect(languageOf(text)).toBe(language);
});

test.each([
  '',
  'Slow Kettles',
  'α β γ: 1 < 2',
  'BERT-XL GPT-4 LLaMA ViT-L/16 CLIP DINOv2',
  'The kettle und der Topf and die Pfanne with das Wasser is von mir to be',
])('nothing is told of “%s”', (text) => {
  expect(languageOf(text)).toBeUndefined();
});
