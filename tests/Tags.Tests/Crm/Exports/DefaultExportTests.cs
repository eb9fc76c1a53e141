using System.Globalization;
using System.Text;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using CsCheck;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Tags.Tests.Crm.Imports;
using TagSegments.Testing;
using Xunit.Abstractions;
using Field = Crm.Contacts.V1.Field;
using State = Crm.Contacts.V1.Consent.Types.State;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Exports;

/// <summary>
/// "A file that the product exported comes back to the same state" (row C5 of the page of faults), for the export that people make: of all columns, with
/// no option on the way back, into an account that has nothing.
/// </summary>
public sealed class DefaultExportTests(SharedApps shared, ITestOutputHelper output) : IClassFixture<SharedApps>
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

    [Fact]
    public async Task C5_an_export_of_all_columns_makes_the_same_in_a_new_account_and_again_the_same_export()
    {
        await Gen.Int[0, int.MaxValue].SampleAsync(
            async seed =>
            {
                output.WriteLine($"seed {seed}");
                var (from, to) = (await TestAccount.NewAsync(shared.Apps), await TestAccount.NewAsync(shared.Apps));
                await FillAsync(from, new Random(seed), people: 30);
                var file = await ExportAsync(from);

                var import = await Importer.RunAsync(to.Apps, to.Name, new(), file);

                Assert.Empty(import.Errors);
                Assert.Equal([ImportNotice.Types.Kind.ExportKnown], import.Summary.Notices.Select(notice => notice.Kind).Distinct());
                Assert.Equal(file, await ExportAsync(to));
                Assert.Equal(await RefusalsAsync(from), await RefusalsAsync(to));

                // Once more, there and back: nothing changes.
                var again = await Importer.RunAsync(to.Apps, to.Name, new(), file);
                Assert.Equal((0, 0, 30), (again.Summary.Created, again.Summary.Updated, again.Summary.Unchanged));
                var back = await Importer.RunAsync(from.Apps, from.Name, new(), await ExportAsync(to));
                Assert.Equal((0, 0, 30), (back.Summary.Created, back.Summary.Updated, back.Summary.Unchanged));
                Assert.Equal(file, await ExportAsync(from));
            },
            iter: 4,
            threads: 1,
            writeLine: output.WriteLine);
    }

    // Where contacts were deleted, numbers are missing: those of the new account differ, and people are known by their addresses.
    [Fact]
    public async Task C5_where_numbers_are_missing_people_are_the_same_all_the_same()
    {
        var (from, to) = (await TestAccount.NewAsync(shared.Apps), await TestAccount.NewAsync(shared.Apps));
        foreach (var email in new[] { "gone@x.example", "ann@x.example", "ann@x.example", "", "bob@x.example" })
        {
            await from.NewContactAsync(new() { Email = email, FirstName = email.Length == 0 ? "Nobody" : "Ann", ExternalId = email.StartsWith("bob", StringComparison.Ordinal) ? "b" : "" });
        }

        await from.DeleteContactAsync(1);
        var file = await ExportAsync(from);

        var first = await Importer.RunAsync(to.Apps, to.Name, new(), file);
        var second = await Importer.RunAsync(to.Apps, to.Name, new(), file);
        var back = await Importer.RunAsync(from.Apps, from.Name, new(), await ExportAsync(to));

        Assert.Equal((4, 0, 0), (first.Summary.Created, first.Summary.Updated, first.Summary.Unchanged));
        // Nothing but the number tells who has neither an id nor an address.
        Assert.Equal((1, 0, 3), (second.Summary.Created, second.Summary.Updated, second.Summary.Unchanged));
        Assert.Equal((2, 0, 3), (back.Summary.Created, back.Summary.Updated, back.Summary.Unchanged));
        Assert.Equal(file, await ExportAsync(from, "contact_id <= 5"));
    }

    [Fact]
    public async Task C5_what_the_file_changes_is_changed_and_what_an_option_says_holds()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.NewContactAsync(new() { Email = "ann@x.example", FirstName = "Ann" });
        var file = (await ExportAsync(account)).Replace(",Ann,", ",Anna,", StringComparison.Ordinal);

        var plan = await Importer.RunAsync(account.Apps, account.Name, new() { DryRun = true }, file);
        Assert.Equal((0, 1), (plan.Summary.Created, plan.Summary.Updated));
        // Another account's number is nobody here: the time of creation tells.
        var other = await Importer.RunAsync(account.Apps, account.Name, new() { DryRun = true }, file.Replace("ann@x", "eve@x", StringComparison.Ordinal).Replace("\r\n1,", "\r\n7,", StringComparison.Ordinal));
        Assert.Equal((1, 0), (other.Summary.Created, other.Summary.Updated));

        var import = await Importer.RunAsync(account.Apps, account.Name, new(), file);
        Assert.Equal((0, 1), (import.Summary.Created, import.Summary.Updated));
        Assert.Equal("Anna", (await account.GetContactAsync(1)).FirstName);

        var foreign = await Importer.RunAsync(account.Apps, account.Name, new() { Columns = { ["contact_id"] = "" }, DryRun = true }, file);
        Assert.DoesNotContain(foreign.Summary.Notices, notice => notice.Kind == ImportNotice.Types.Kind.ExportKnown);
        Assert.Single(foreign.Errors, error => error.Column == "external_id");
    }

    [Fact]
    public async Task E8_columns_of_exports_are_understood_as_fields_in_filters_are()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("Company", Type.Text);
        await account.CreateFieldAsync("zip", Type.Text);
        await account.CreateFieldAsync("ZIP", Type.Text);
        await account.NewContactAsync(new() { FirstName = "Ann", Fields = TestAccount.Values("Company", Value.ForString("Acme")) });

        Assert.Equal("first_name,Company\r\nAnn,Acme\r\n", await ExportAsync(account, "everyone", "First Name", "company"));
        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => ExportAsync(account, "everyone", "Zip"), "columns[0]");
    }

    private static async Task FillAsync(TestAccount account, Random random, int people)
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

    private static async Task<string[]> RefusalsAsync(TestAccount account) =>
    [
        .. (await account.Apps.Contacts.ListContactsAsync(new() { Account = account.Name, PageSize = 1_000 })).Contacts.Select(contact =>
            $"{contact.ContactId} {contact.DoNotDisturb} {string.Join(' ', contact.Consents.Select(consent => $"{consent.Channel} {consent.State}"))}"),
    ];

    private static async Task<string> ExportAsync(TestAccount account, string filter = "everyone", params string[] columns)
    {
        var client = new ExportService.ExportServiceClient(account.Apps.Channel(Service.Tags));
        using var call = client.ExportContacts(new() { Account = account.Name, Source = new() { Text = filter }, Columns = { columns } });
        var file = new StringBuilder();
        await foreach (var part in call.ResponseStream.ReadAllAsync())
        {
            file.Append(part.Data.ToStringUtf8());
        }

        return file.ToString();
    }
}
