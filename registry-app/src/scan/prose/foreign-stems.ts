import type { Notion } from "./notions.ts";

/** How words of other languages begin that are bent in many ways: `menzion` is `menzionarlo`, `отправ` is `отправьте`. */
export const STEM_ROWS: readonly (readonly [Notion, string])[] = [
  [
    "tell",
    "menzion mencion avvis averti prévien préven erwähn benachrichtig informier mitteil mitgeteilt hinweis hingewies entera avisar avises comunicar comuniqu notifiqu upomin упомин упомян сообща сообщи уведом расска скажи poinform wspomn wspomin powiadom söylem bahset vermeld rivel revel mostrar mostre mostri zeigen anzeig offenleg",
  ],
  [
    "send",
    "envia envía envíe enviá adjunt reenv súbel subir transmet trasmett übermitt übertrag hochlad hochgelad weiterleit weitergeleit gesend geschickt schick verschick übersend invial invia inoltr spedis carical indirizz envoy expédi télévers отправ пересл пересыл переда загруз выгруз wyśl wysył przekaz przesł gönder yükle verstuur doorstur encaminh mand copial copil kopier kopiuj скопир",
  ],
  [
    "secret",
    "contraseñ credencial zugangsdat passwört kennwört schlüssel identifiants парол ключ секрет учётн токен окружени credenzial chiav senhas hasł klucz şifre parola geheim umgebungsvariab variables d'environnement",
  ],
  [
    "person",
    "nutzer benutzer anwender kund utilisat usuari utent usuári пользовател клиент użytkown kullanıcı gebruiker auftraggeb",
  ],
  [
    "consent",
    "bestätig zustimm erlaubnis autoris autoriz confirm подтвержд разреш согласи potwierdz zgod onay",
  ],
  [
    "guidance",
    "anweisung vorgab richtlin instruc istruzion consign инструкц указан правил polecen instrukcj wskazów talimat kural",
  ],
  [
    "void",
    "ignorier vergiss missacht verwirf oubli ignorez olvid dimentic desconsider esqueç игнорир забуд отмен zignoruj zapomn negeer",
  ],
];
