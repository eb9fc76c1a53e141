using System.Collections.Frozen;

namespace TagSegments.Tags.Crm.Imports.Columns;

/// <summary>The usual headers of attributes in files of other tools; case, accents, white space and punctuation do not matter.</summary>
internal static class UsualHeaders
{
    private static readonly FrozenDictionary<string, string> s_contact = Table(
    [
        ("external_id", ["externalid"]),
        ("email", ["email", "emailaddress", "mail", "emailid", "primaryemail", "email1value"]),
        ("phone", ["phone", "phonenumber", "telephone", "telephonenumber", "mobile", "mobilephone", "mobilenumber", "cell", "cellphone", "tel", "phone1value"]),
        ("first_name", ["firstname", "givenname", "forename"]),
        ("last_name", ["lastname", "surname", "familyname"]),
        ("time_zone", ["timezone"]),
        ("language", ["language"]),
        ("do_not_disturb", ["donotdisturb", "dnd"]),
        ("created", ["created", "createdat", "createdon", "createddate", "createdtime", "createdate", "createtime", "datecreated", "creationdate", "creationtime"]),
        .. ForeignHeaders.Contact,
    ]);

    private static readonly FrozenSet<string> s_tags =
        FrozenSet.ToFrozenSet(["tags", "tag", "taglist", "contacttags", "labels", "label", .. ForeignHeaders.Tags]);

    private static readonly FrozenDictionary<string, string> s_opportunity = Table(
        ("external_id", ["externalid"]),
        ("name", ["name", "opportunityname", "dealname"]),
        ("stage", ["stage", "dealstage", "stagename"]),
        ("amount", ["amount", "dealamount", "value", "dealvalue"]),
        ("opened", ["opened", "openeddate", "opendate"]),
        ("closed", ["closed", "closeddate", "closedate"]));

    /// <summary>True for a header under which tools export tags.</summary>
    public static bool LooksLikeTags(string header) => s_tags.Contains(PlainText.Of(header));

    /// <summary>Finds the attribute that a header usually means; null if it means none.</summary>
    public static string? Find(string header, bool contacts)
    {
        if (contacts && header is "email_consent" or "sms_consent")
        {
            // An export of this product: what it grants is taken, too.
            return header == "sms_consent" ? "consent.sms" : "consent.email";
        }

        return (contacts ? s_contact : s_opportunity).GetValueOrDefault(PlainText.Of(HeaderZone.WithoutZone(header) ?? header));
    }

    /// <summary>Finds the part of a name that a header of contacts means beside others, as "Nom" beside "Prénom"; null if it means none.</summary>
    public static string? FindBeside(string header, IReadOnlySet<string> plainHeaders)
    {
        var plain = PlainText.Of(header);
        return Array.Find(ForeignHeaders.Pairs, pair => pair.Header == plain && Array.Exists(pair.Beside, plainHeaders.Contains)).Attribute;
    }

    private static FrozenDictionary<string, string> Table(params (string Attribute, string[] Headers)[] rows) => rows
        .SelectMany(row => row.Headers.Select(header => (header, row.Attribute)))
        .DistinctBy(row => row.header)
        .ToFrozenDictionary(row => row.header, row => row.Attribute, StringComparer.Ordinal);
}
