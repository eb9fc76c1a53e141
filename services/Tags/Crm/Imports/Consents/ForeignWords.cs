namespace TagSegments.Tags.Crm.Imports.Consents;

/// <summary>
/// What exports call subscriptions in German, French, Spanish, Italian, Dutch, Portuguese and Polish, and in part in the languages around them: letters and
/// digits, without accents.
/// </summary>
internal static class ForeignWords
{
    /// <summary>Words of people who agreed.</summary>
    public static readonly string[] Agreed =
    [
        "abonniert", "angemeldet", "eingetragen", "bestatigt", "bestaetigt", "aktiv", "zugestimmt", "eingewilligt", "einverstanden", "erteilt", "erlaubt",
        "abonne", "abonnee", "inscrit", "inscrite", "actif", "confirme", "confirmee", "accepte", "acceptee", "consenti", "autorise",
        "suscrito", "suscrita", "suscripto", "activo", "activa", "confirmado", "confirmada", "aceptado", "inscrito", "inscrita", "alta", "dadodealta",
        "iscritto", "iscritta", "attivo", "attiva", "confermato", "confermata", "accettato", "acconsentito",
        "ingeschreven", "aangemeld", "geabonneerd", "actief", "bevestigd", "akkoord", "toegestaan",
        "assinante", "subscrito", "ativo", "ativa", "aceito", "aceite",
        "zapisany", "zapisana", "aktywny", "aktywna", "potwierdzony", "potwierdzona", "wyrazona", "zgoda",
        "prenumererar", "tilmeldt", "pameldt", "prihlasen", "prihlaseny", "feliratkozott", "abonat",
        .. EasternWords.Agreed, .. NeighbourWords.Agreed,
    ];

    /// <summary>Words of people who did not agree, took it back or cannot be reached.</summary>
    public static readonly string[] Refused =
    [
        "abgemeldet", "abbestellt", "ausgetragen", "abgelehnt", "widerrufen", "widersprochen", "gekundigt", "gekuendigt", "nichtabonniert", "nichtangemeldet",
        "nichteingetragen", "gesperrt", "blockiert", "deaktiviert", "geloscht", "geloescht", "ungultig", "ungueltig", "unzustellbar", "unbestatigt", "unbestaetigt",
        "nichtbestatigt", "nichtbestaetigt", "ausstehend", "verweigert", "entzogen", "nichterlaubt", "nichterteilt", "nichteinverstanden", "keineeinwilligung",
        "keinnewsletter", "keinewerbung",
        "desabonne", "desabonnee", "desinscrit", "desinscrite", "nonabonne", "nonabonnee", "noninscrit", "noninscrite", "refuse", "refusee", "oppose", "opposee",
        "bloque", "bloquee", "invalide", "desactive", "supprime", "retire", "resilie", "rejete", "plainte", "nettoye", "enattente", "nonconfirme", "listenoire",
        "dadodebaja", "dadadebaja", "debaja", "baja", "desuscrito", "desuscrita", "cancelado", "cancelada", "nosuscrito", "nosuscrita", "rechazado", "rechazada",
        "bloqueado", "bloqueada", "invalido", "rebotado", "rebote", "pendiente", "noconfirmado", "eliminado", "revocado", "excluido", "desapuntado",
        "disiscritto", "disiscritta", "noniscritto", "noniscritta", "cancellato", "cancellata", "annullato", "revocato", "rifiutato", "rifiutata", "bloccato",
        "rimosso", "nonvalido", "inattesa", "nonconfermato", "disattivato", "negato", "respinto",
        "uitgeschreven", "afgemeld", "nietingeschreven", "nietaangemeld", "opgezegd", "geweigerd", "geblokkeerd", "ongeldig", "ingetrokken", "verwijderd",
        "nietbevestigd", "inafwachting", "nietakkoord", "niettoegestaan", "gedeactiveerd",
        "descadastrado", "descadastrada", "desinscrito", "naoinscrito", "naosubscrito", "naoassinante", "removido", "recusado", "revogado", "pendente",
        "naoconfirmado", "anulado", "dessubscrito", "desativado", "rejeitado", "optouporsair",
        "wypisany", "wypisana", "niezapisany", "niezapisana", "zrezygnowal", "zrezygnowala", "rezygnacja", "anulowany", "odrzucony", "zablokowany", "niepotwierdzony",
        "oczekujacy", "nieprawidlowy", "usuniety", "wycofana", "wycofany", "brakzgody", "odmowa", "cofnieta", "niewyrazil", "niewyrazona", "sprzeciw",
        "avregistrerad", "avprenumererad", "afmeldt", "avmeldt", "odhlasen", "odhlaseny", "leiratkozott", "dezabonat", "отписан", "отписался",
        .. EasternWords.Refused, .. NeighbourWords.Refused,
    ];

    /// <summary>What is in every word for leaving a list, in headers and in values, English included.</summary>
    public static readonly string[] RefusalStems =
    [
        "unsub", "optout", "optedout", "abgemeld", "abmeld", "abbestell", "ausgetragen", "widerruf", "widerspr", "desabon", "desinscri", "desuscri", "dessubscri",
        "disiscri", "uitgeschr", "uitschrijf", "afgemeld", "afmeld", "descadastr", "wypisan", "rezygn", "avregistrer", "avprenumer", "avmeld", "odhlas", "leiratkoz",
        "dezabon", "отписа",
        "cancelolasuscripcion", "canceladolasuscripcion", "cancelarsuscripcion", "suscripcioncancelada", "cancelouaassinatura", "cancelouainscricao", "assinaturacancelada",
        "inscricaocancelada", "iscrizioneannullata", "iscrizionecancellata", "annullamentoiscrizione", "annullatoliscrizione", .. EasternWords.RefusalStems, .. NeighbourWords.RefusalStems,
    ];

    /// <summary>What else is in headers of columns that say who must not be mailed.</summary>
    public static readonly string[] BanStems =
    [
        "donotmail", "donotemail", "donotcontact", "donotsend", "nomail", "noemail", "hardbounce", "blacklist", "blocklist", "suppress", "complain", "quarantin",
        "markedasspam", "robinson", "keinewerbung", "keinemail", "keinnewsletter", "werbesperr", "mailsperr", "kontaktsperr", "newslettersperr", "versandsperr",
        "nepascontacter", "nepasenvoyer", "listenoire", "debaja", "fechabaja", "nocontactar", "noenviar", "listanegra", "listanera", "noncontattare", "noninviare",
        "nietmailen", "nietcontacter", "naocontatar", "naocontactar", "naoenviar", "niekontaktowac", "niewysylac", "sprzeciw",
        .. EasternWords.BanStems, .. NeighbourWords.BanStems,
    ];

    /// <summary>What is in headers of newsletters and of advertising by mail, whatever else is.</summary>
    public static readonly string[] NewsletterStems =
    [
        "newsletter", "emailmarketing", "optin", "optedin", "infolettre", "rundbrief", "boletin", "nieuwsbrief", "biuletyn", "nyhedsbrev", "nyhetsbrev",
        "hirlevel", "emailwerbung", "mailwerbung", "рассылк",
        .. EasternWords.NewsletterStems, .. NeighbourWords.NewsletterStems,
    ];

    /// <summary>What is in headers of consent to anything.</summary>
    public static readonly string[] ConsentStems =
    [
        "consent", "permission", "einwillig", "zustimm", "erlaubnis", "autoris", "consenso", "consenti", "permiso", "permesso", "toestemming", "akkoord", "autoriz",
        "zgoda", "zgody", "samtycke", "samtykke", "souhlas", "hozzajarul",
        .. EasternWords.ConsentStems,
    ];

    /// <summary>What makes a consent one to be mailed.</summary>
    public static readonly string[] MailingStems =
        ["mail", "marketing", "werb", "publicid", "publicit", "pubblicit", "promo", "reclame", "reklam", "handlow", "commerc", "comerc", "courriel", "correo", "sms", .. EasternWords.MailingStems];

    /// <summary>What is in headers that may be about subscriptions, or about anything else.</summary>
    public static readonly string[] VagueStems =
    [
        "status", "state", "subscri", "mailing", "statut", "zustand", "estado", "stato", "situac", "abonn", "suscri", "inscri", "iscri", "inschrijv", "anmeld",
        "aanmeld", "subskryp", "prenumer",
        .. EasternWords.VagueStems, .. NeighbourWords.VagueStems,
    ];

    /// <summary>Headers that are the state of a subscription.</summary>
    public static readonly string[] StateHeaders =
    [
        "abonniert", "eingetragen", "einwilligung", "werbeeinwilligung", "abonne", "abonnee", "inscrit", "inscrite", "consentement", "suscrito", "suscrita",
        "consentimiento", "iscritto", "iscritta", "consenso", "ingeschreven", "geabonneerd", "toestemming", "inscrito", "inscrita", "assinante", "subscritor",
        "consentimento", "zapisany", "zgoda", "zgodamarketingowa", "subskrybent", "mailingakzeptiert",
    ];

    /// <summary>Headers that may mean a subscription: yes and no say nothing there.</summary>
    public static readonly string[] VagueHeaders =
        ["werbung", "publicite", "publicidad", "pubblicita", "reclame", "publicidade", "reklama", "etat", "gesperrt", "blockiert", "bloque", "bloqueado", "bloccato", "geblokkeerd", "zablokowany", "baja", "stan", .. NeighbourWords.VagueHeaders];
}
