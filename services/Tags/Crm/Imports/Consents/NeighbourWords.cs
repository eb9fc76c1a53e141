using TagSegments.Tags.Crm.Imports.Columns;

namespace TagSegments.Tags.Crm.Imports.Consents;

/// <summary>
/// What exports call subscriptions in languages that are known in part: the Nordic and Baltic ones, Czech, Slovak, Romanian, Bulgarian, Ukrainian, Croatian,
/// Serbian and Slovene, Greek, Hebrew, Arabic, Vietnamese and Indonesian.
/// </summary>
internal static class NeighbourWords
{
    /// <summary>Words of people who agreed.</summary>
    public static readonly string[] Agreed = PlainText.OfAll(
        "tilaaja", "tilannut", "anmäld", "prijavljen", "prijavljena", "підписаний", "підписана", "εγγεγραμμένος", "εγγεγραμμένη", "συνδρομητής", "מנוי", "רשום", "مشترك",
        "đã đăng ký", "berlangganan", "prenumeruoja");

    /// <summary>Words of people who did not agree, took it back or cannot be reached.</summary>
    public static readonly string[] Refused = PlainText.OfAll(
        "peruutettu", "peruttu", "perunut", "estetty", "kielletty", "reservert", "spärrad", "blokiran", "blokirana", "заблокований", "διαγραμμένος", "διαγραμμένη",
        "αποκλεισμένος", "הוסר", "חסום", "محظور", "đã hủy", "diblokir", "atsisakė", "atteicies", "loobunud", "meldt av", "avslutad",
        "odhlášena", "zrušeno", "zrušené", "otkazano", "preklicano", "anulat", "прекратен");

    /// <summary>What is in every word for leaving a list.</summary>
    public static readonly string[] RefusalStems = PlainText.OfAll(
        "avanmäl", "frameld", "peruuttanut", "odjavlj", "відписа", "απεγγ", "διαγράφηκε", "ביטול מנוי", "הוסר מרשימ", "הסרה מרשימ", "إلغاء الاشتراك", "ألغى الاشتراك",
        "hủy đăng ký", "berhenti berlangganan", "berhenti langganan", "atsisakė prenumeratos", "atsisakymas prenumeratos", "uudiskirjast loobu",
        "tellimusest loobu", "loobunud", "loobumi", "atsisak", "atrakst", "odjav", "отписв", "отписк", "відписк", "peruutetu", "peruutettu", "perunut", "peruttu", "tilausperu", "uutiskirjeperu",
        "ei tilaaja", "avslutad prenumeration", "prenumerationen avslutad", "meldt av", "anulare abonare", "zrušený odber", "zrušen odběr", "otkazana pretplata", "preklicana naročnina");

    /// <summary>What else is in headers of columns that say who must not be mailed.</summary>
    public static readonly string[] BanStems = PlainText.OfAll("markkinointikielto", "reklamspärr", "utskicksspärr", "reklamsperre");

    /// <summary>What is in headers of newsletters and of advertising by mail.</summary>
    public static readonly string[] NewsletterStems = PlainText.OfAll("uutiskirje", "sähköpostimarkkinointi", "розсилк", "naujienlaišk", "jaunumu vēstul", "ενημερωτικό δελτίο",
        "odběr novin", "odber novin", "zpravodaj", "spravodaj", "e-novice", "bilten", "biļeten", "buletin", "бюлетин", "uudiskir");

    /// <summary>What is in headers that may be about subscriptions, or about anything else.</summary>
    public static readonly string[] VagueStems = PlainText.OfAll("κατάσταση", "odběr", "odber", "pretplat", "naročnin", "tilauksen tila", "tilaaja", "tellimus", "būsen", "állapot", "státus", "staatus");

    /// <summary>Headers that may mean a subscription.</summary>
    public static readonly string[] VagueHeaders = PlainText.OfAll("stav", "stanje", "stare", "tila", "olek", "състояние", "стан");
}
