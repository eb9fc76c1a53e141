using System.Collections.Frozen;
using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Imports.Columns;
using Tool = Crm.Contacts.V1.ImportOptions.Types.Tool;

namespace TagSegments.Tags.Crm.Imports.Presets;

/// <summary>What the columns of a file mean that another tool exported. Headers are compared by their letters and digits.</summary>
internal sealed record ImportPreset
{
    private static readonly FrozenDictionary<Tool, ImportPreset> s_presets = new Dictionary<Tool, ImportPreset>
    {
        [Tool.Mailchimp] = Mailchimp(),
        [Tool.Hubspot] = HubSpot(),
        [Tool.Mautic] = Mautic(),
        [Tool.Listmonk] = Listmonk(),
        [Tool.Highlevel] = HighLevel(),
        [Tool.Klaviyo] = Klaviyo(),
        [Tool.Activecampaign] = ActiveCampaign(),
        [Tool.Brevo] = Brevo(),
        [Tool.Keila] = Keila(),
        [Tool.Tagsegments] = TagSegments(),
    }.ToFrozenDictionary();

    /// <summary>The name of the tool, for people.</summary>
    public required string Name { get; init; }

    /// <summary>The headers of the tool's own id; without any of them, contacts are matched by e-mail address, unless the tool is this product.</summary>
    public string[] Ids { get; init; } = [];

    /// <summary>The headers of each target, the best one first; an empty target skips its columns, all of them.</summary>
    public required (string Target, string[] Headers)[] Columns { get; init; }

    /// <summary>The headers of tags, with what separates them and the prefix that they get.</summary>
    public (string Header, string[] Separators, string Prefix)[] Tags { get; init; } = [];

    /// <summary>The headers of columns whose cells are JSON objects.</summary>
    public string[] JsonColumns { get; init; } = [];

    /// <summary>The headers of phone numbers in E.164 without the plus.</summary>
    public string[] PhonesWithoutPlus { get; init; } = [];

    /// <summary>What separates the choices of a column that has several; empty if the tool has no such columns.</summary>
    public string ListSeparator { get; init; } = "";

    /// <summary>True if the name of a file says whether the contacts in it are subscribed, and nothing in it does.</summary>
    public bool NamesFilesByState { get; init; }

    /// <summary>True for the exports of this product.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Finds the preset of a tool.</summary>
    public static ImportPreset Of(Tool tool) => s_presets[tool];

    /// <summary>Finds the header of a file that is meant, with or without the zone of its times; null if the file has none.</summary>
    public static string? Find(IEnumerable<string> headers, string meant) =>
        headers.FirstOrDefault(header => header == meant)
        ?? headers.FirstOrDefault(header => PlainText.Of(header) == PlainText.Of(meant))
        ?? headers.FirstOrDefault(header => HeaderZone.WithoutZone(header) is { } name && PlainText.Of(name) == PlainText.Of(meant));

    // Audiences are exported as a ZIP of files by state: subscribed_…, unsubscribed_…, nonsubscribed_… and cleaned_….
    private static ImportPreset Mailchimp() => new()
    {
        Name = "Mailchimp",
        NamesFilesByState = true,
        Columns =
        [
            ("email", ["Email Address", "Email"]),
            ("first_name", ["First Name", "FNAME"]),
            ("last_name", ["Last Name", "LNAME"]),
            ("phone", ["Phone Number", "PHONE", "SMS Phone Number"]),
            ("time_zone", ["TIMEZONE"]),
            ("opt_out.email", ["UNSUB_TIME", "CLEAN_TIME"]),
            ("consent.email.time", ["CONFIRM_TIME", "OPTIN_TIME"]),
            ("", ["LEID", "EUID", "GMTOFF", "DSTOFF"]),
        ],
        Tags = [("TAGS", [","], "")],
    };

    private static ImportPreset HubSpot() => new()
    {
        Name = "HubSpot",
        // Headers are in the language that the user chose.
        Ids =
        [
            "Record ID", "Record ID - Contact", "Contact ID", "Datensatz-ID", "ID d'enregistrement", "ID de fiche d'informations", "ID de la fiche d'informations", "ID de registro", "ID del registro",
            "ID do registro", "ID record", "Record-ID", "レコードID",
        ],
        Columns =
        [
            ("email", ["Email"]),
            ("first_name", ["First Name"]),
            ("last_name", ["Last Name"]),
            ("phone", ["Phone Number", "Mobile Phone Number"]),
            ("time_zone", ["Time Zone"]),
            ("created", ["Create Date"]),
            ("opt_out.email", ["Unsubscribed from all email"]),
        ],
        // Columns of several checkboxes.
        ListSeparator = ";",
    };

    private static ImportPreset Mautic() => new()
    {
        Name = "Mautic",
        Ids = ["id", "Mautic ID"],
        Columns =
        [
            ("email", ["email"]),
            ("first_name", ["firstname"]),
            ("last_name", ["lastname"]),
            ("phone", ["mobile", "phone"]),
            ("time_zone", ["timezone"]),
            ("created", ["dateAdded", "date_added"]),
            ("opt_out.email", ["doNotContact", "dnc", "do_not_email"]),
        ],
        Tags = [("tags", ["|", ","], "")],
    };

    private static ImportPreset Listmonk() => new()
    {
        Name = "listmonk",
        Ids = ["uuid"],
        Columns =
        [
            ("email", ["email"]),
            ("full_name", ["name"]),
            ("created", ["created_at"]),
            // "enabled" says that somebody can be mailed, not that somebody asked for it.
            ("opt_out.email", ["status"]),
            ("", ["id", "updated_at"]),
        ],
        Tags = [("lists", [","], "List: ")],
        JsonColumns = ["attributes", "attribs"],
    };

    private static ImportPreset HighLevel() => new()
    {
        Name = "HighLevel",
        Ids = ["Contact Id"],
        Columns =
        [
            ("email", ["Email"]),
            ("first_name", ["First Name"]),
            ("last_name", ["Last Name"]),
            ("full_name", ["Name", "Contact Name"]),
            ("phone", ["Phone"]),
            ("time_zone", ["Timezone"]),
            ("created", ["Created"]),
            ("do_not_disturb", ["DND"]),
        ],
        Tags = [("Tags", [","], "")],
    };

    private static ImportPreset Klaviyo() => new()
    {
        Name = "Klaviyo",
        Ids = ["Klaviyo ID", "Klaviyo Profile ID", "Profile ID"],
        Columns =
        [
            ("email", ["Email"]),
            ("first_name", ["First Name"]),
            ("last_name", ["Last Name"]),
            ("phone", ["Phone Number"]),
            ("time_zone", ["Timezone"]),
            ("created", ["Profile Created On", "Date Added"]),
            ("consent.email", ["Email Marketing Consent"]),
            ("consent.email.time", ["Email Marketing Consent Timestamp"]),
            ("consent.sms", ["SMS Marketing Consent"]),
            ("consent.sms.time", ["SMS Marketing Consent Timestamp"]),
            ("opt_out.email", ["Email Suppressions", "Suppressions", "Suppressed", "Suppression Reason", "Reason Suppressed", "Date Suppressed"]),
        ],
    };

    private static ImportPreset ActiveCampaign() => new()
    {
        Name = "ActiveCampaign",
        Ids = ["ID", "Contact ID"],
        Columns =
        [
            ("email", ["Email"]),
            ("first_name", ["First Name"]),
            ("last_name", ["Last Name"]),
            ("phone", ["Phone"]),
            ("created", ["Date Created", "Created Timestamp"]),
            ("consent.email", ["Status", "List Status"]),
            ("opt_out.email", ["Unsubscribe Date", "Unsubscribed Timestamp"]),
        ],
        Tags = [("Tags", [","], "")],
    };

    private static ImportPreset Brevo() => new()
    {
        Name = "Brevo",
        Ids = ["CONTACT ID", "ID"],
        Columns =
        [
            ("email", ["EMAIL"]),
            ("first_name", ["FIRSTNAME", "PRENOM", "VORNAME", "NOMBRE"]),
            ("last_name", ["LASTNAME", "NOM", "NACHNAME", "APELLIDOS"]),
            ("phone", ["SMS", "WHATSAPP"]),
            ("time_zone", ["CONTACT_TIMEZONE"]),
            ("created", ["ADDED_TIME", "CREATED_AT"]),
            ("opt_out.email", ["EMAIL_BLOCKLISTED", "EMAIL_BLACKLISTED", "BLOCKLISTED", "BLACKLISTED"]),
            ("opt_out.sms", ["SMS_BLOCKLISTED", "SMS_BLACKLISTED"]),
            ("", ["MODIFIED_TIME"]),
        ],
        Tags = [("LISTS", [",", ";"], "List: ")],
        PhonesWithoutPlus = ["SMS", "WHATSAPP", "LANDLINE_NUMBER"],
    };

    private static ImportPreset Keila() => new()
    {
        Name = "Keila",
        Ids = ["External ID"],
        Columns =
        [
            ("email", ["Email"]),
            ("first_name", ["First name"]),
            ("last_name", ["Last name"]),
            ("created", ["Inserted at"]),
            // "active" says that somebody can be mailed, not that somebody asked for it.
            ("opt_out.email", ["Status"]),
            ("", ["Updated at"]),
        ],
        JsonColumns = ["Data"],
    };

    private static ImportPreset TagSegments() => new()
    {
        Name = "TagSegments",
        IsOwn = true,
        Ids = ["external_id"],
        Columns = [(ColumnMapping.NumberTarget, [ColumnMapping.NumberTarget]), (ColumnMapping.UpdatedTarget, [ColumnMapping.UpdatedTarget])],
        Tags = [("tags", [";"], "")],
    };
}
