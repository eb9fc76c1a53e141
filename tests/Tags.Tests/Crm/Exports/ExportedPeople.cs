using System.Globalization;
using System.Text;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;
using State = Crm.Contacts.V1.Consent.Types.State;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Exports;

/// <summary>People with values of every kind that an export must not lose, drawn at random.</summary>
internal static class ExportedPeople
{
    private static readonly (string Key, Type Type)[] s_fields =
    [
        ("zip", Type.Text), ("note", Type.Text), ("status", Type.Text), ("=cmd", Type.Text), ("Email Address", Type.Text), ("TAGS", Type.Text), ("fields.x", Type.Text),
        ("balance", Type.Number), ("born", Type.Date), ("seen", Type.DateTime), ("feast", Type.YearlyDay), ("vip", Type.Boolean), ("plan", Type.SingleChoice),
        ("likes", Type.MultipleChoice), ("Größe", Type.Text), ("empty", Type.Text),
    ];

    private static readonly string[] s_choices = ["Gold", "a;b", "x, y", "\"quoted\"", "=1+1", "true"];

    // Of one kind a column, as people have it, or of every kind.
    private static readonly string[][] s_texts =
    [
        ["00123", "007", "12"], ["12", "-5", "0.5"], ["12.50", "12,5", "1e5"], ["true", "false"], ["Yes", "no", "TRUE"], ["2024-02-29", "1980-01-01"], ["2024/02/29", "29.02.2024"],
        ["--04-17", "--12-31"], ["unsubscribed", "active", "bounced"], ["=1+1", "+43 1", "-x", "@y", "＝z"], [" padded ", "\ttab", "end "],
        ["line 1\nline 2", "a\r\nb\n", "\n"], ["'=x", "''", "'s-Hertogenbosch"], ["\"", "a \"b\" c", ",;|"], ["李", "Łucja", "👍🏽", "ﷺ", "Ñ"], ["null", "NULL", "n/a", "-"],
    ];

    private static readonly string[] s_names = ["Ann", "O'Brien \"Bo\"", "=1+1", "李小龍", "Łucja", "-", "'x", "a,b;c", "ÅÄÖ", "N/A"];
    private static readonly string[] s_tags = ["VIP", "vip", "VIP, big", "a;b", "\"quoted\"", "=cmd", "'x", "Größe", "Source: Web"];
    private static readonly string[] s_emails = ["ann@x.example", "Ann@X.example", "info@bücher.example", "jürgen@x.example", "o'brien+tag@x.example"];
    private static readonly string[] s_phones = ["+43 660 1234567", "0660 123", "(01) 23-45", "007", "+1 (800) FLOWERS"];

    /// <summary>Makes people in an account.</summary>
    public static async Task FillAsync(TestAccount account, Random random, int people)
    {
        foreach (var (key, type) in s_fields)
        {
            await account.CreateFieldAsync(key, type, type is Type.SingleChoice or Type.MultipleChoice ? s_choices : []);
        }

        var texts = s_fields.ToDictionary(field => field.Key, _ => random.Next(3) == 0 ? [.. s_texts.SelectMany(text => text)] : Any(random, s_texts));
        for (var i = 0; i < people; i++)
        {
            var contact = new Contact
            {
                ExternalId = random.Next(2) == 0 ? $"{Any(random, ["", "=", "0", "-", "'"])}{i}" : "",
                Email = random.Next(4) == 0 ? "" : Any(random, s_emails),
                Phone = random.Next(2) == 0 ? "" : Any(random, s_phones),
                FirstName = random.Next(4) == 0 ? "" : Any(random, s_names),
                LastName = random.Next(2) == 0 ? "" : Any(random, s_names),
                TimeZone = random.Next(2) == 0 ? "" : "Europe/Vienna",
                Language = random.Next(2) == 0 ? "" : "pt-BR",
                DoNotDisturb = random.Next(4) == 0,
                Fields = new Struct(),
            };
            foreach (var (key, type) in s_fields.Where(field => field.Key != "empty" && random.Next(3) > 0))
            {
                contact.Fields.Fields[key] = ValueOf(type, random, texts[key]);
            }

            var contactId = await account.NewContactAsync(contact);
            await SetConsentAsync(account, contactId, Channel.Email, random);
            await SetConsentAsync(account, contactId, Channel.Sms, random);
            // One by one: two names may be the same tag.
            foreach (var tag in s_tags.Where(_ => random.Next(4) == 0))
            {
                await account.Apps.Tags.AddTagsAsync(new() { Account = account.Name, ContactId = contactId, TagNames = { tag }, CreateMissing = true });
            }
        }
    }

    private static Value ValueOf(Type type, Random random, string[] texts) => type switch
    {
        Type.Number => Value.ForString((random.Next(-99_999, 99_999) / 100m).ToString(CultureInfo.InvariantCulture)),
        Type.Date => Value.ForString(Day(random).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        Type.YearlyDay => Value.ForString(Day(random).ToString("--MM-dd", CultureInfo.InvariantCulture)),
        Type.DateTime => Value.ForString(Day(random).AddTicks(10L * random.Next()).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)),
        Type.Boolean => Value.ForBool(random.Next(2) == 0),
        Type.SingleChoice => Value.ForString(Any(random, s_choices)),
        Type.MultipleChoice => Value.ForList([.. s_choices.Where(_ => random.Next(3) == 0).Select(Value.ForString)]),
        _ => Value.ForString(Any(random, texts)),
    };

    private static DateTime Day(Random random) => new DateTime(1950, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(random.Next(27_000));

    private static T Any<T>(Random random, T[] values) => values[random.Next(values.Length)];

    private static async Task SetConsentAsync(TestAccount account, int contactId, Channel channel, Random random)
    {
        if (random.Next(1, 4) is var state and > 1)
        {
            await account.Apps.Contacts.SetConsentAsync(new()
            {
                Account = account.Name,
                ContactId = contactId,
                Consent = new() { Channel = channel, State = (State)state, Source = "form" },
            });
        }
    }

    /// <summary>Returns what people refuse.</summary>
    public static async Task<string[]> RefusalsAsync(TestAccount account) =>
    [
        .. (await account.Apps.Contacts.ListContactsAsync(new() { Account = account.Name, PageSize = 1_000 })).Contacts.Select(contact =>
            $"{contact.ContactId} {contact.DoNotDisturb} {string.Join(' ', contact.Consents.Select(consent => $"{consent.Channel} {consent.State}"))}"),
    ];

    /// <summary>Returns a file of an account's contacts.</summary>
    public static async Task<string> ExportAsync(TestAccount account, ExportContactsRequest request)
    {
        request.Account = account.Name;
        using var call = new ExportService.ExportServiceClient(account.Apps.Channel(Service.Tags)).ExportContacts(request);
        var file = new StringBuilder();
        await foreach (var part in call.ResponseStream.ReadAllAsync())
        {
            file.Append(part.Data.ToStringUtf8());
        }

        return file.ToString();
    }
}
