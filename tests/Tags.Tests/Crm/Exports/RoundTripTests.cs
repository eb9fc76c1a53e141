using System.Text;
using Crm.Contacts.V1;
using CsCheck;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Tags.Tests.Crm.Imports;
using TagSegments.Testing;
using Field = Crm.Contacts.V1.Field;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Exports;

/// <summary>A file that the product exported comes back to the same state: rows C5 and C6 of the reports about other people's files.</summary>
public sealed class RoundTripTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private static readonly string[] s_columns =
    [
        "external_id", "email", "phone", "first_name", "last_name", "do_not_disturb", "email_consent", "sms_consent", "tags",
    ];

    private static readonly Gen<string> s_texts =
        Gen.Char["'=+-@＝ \t\r\n\",;|\\a5é\u00A0\uFEFF/.%$"].Array[1, 8].Select(characters => new string(characters)).Where(text => !string.IsNullOrWhiteSpace(text));

    private static readonly Gen<string> s_names = s_texts.Select(text => string.Concat(text.Where(character => character is not ('\r' or '\n' or '\t' or '\uFEFF'))).Trim())
        .Where(text => text.Length > 0);

    private static readonly Gen<decimal> s_numbers = Gen.Select(Gen.Int[-99_999, 99_999], Gen.Int[0, 4], (digits, places) => new decimal(Math.Abs(digits), 0, 0, digits < 0, (byte)places));

    [Fact]
    public async Task C5_C6_an_export_makes_the_same_state_and_the_same_export_in_another_account()
    {
        var people = Gen.Select(s_texts, s_names, s_names.Array[0, 4], s_numbers, Gen.Int[0, 364], Gen.Bool).Array[25];
        await Gen.Select(people, s_names.Array[3].Where(names => names.Distinct().Count() == 3)).SampleAsync(
            async sample => await CheckAsync(sample.Item1, sample.Item2), iter: 4, threads: 1);
    }

    private async Task CheckAsync((string Note, string Name, string[] Tags, decimal Score, int Day, bool Flag)[] people, string[] keys)
    {
        var (from, to) = (await TestAccount.NewAsync(shared.Apps), await TestAccount.NewAsync(shared.Apps));
        var definitions = new Field[]
        {
            new() { Key = $"n{keys[0]}", Type = Type.Text },
            new() { Key = $"={keys[1]}x", Type = Type.Text },
            new() { Key = "score", Type = Type.Number },
            new() { Key = "born", Type = Type.Date },
            new() { Key = "feast", Type = Type.YearlyDay },
            new() { Key = "seen", Type = Type.DateTime },
            new() { Key = "vip", Type = Type.Boolean },
            new() { Key = "kinds", Type = Type.MultipleChoice, Choices = { people.Select(person => person.Name).Distinct() } },
        };
        foreach (var definition in definitions)
        {
            await from.CreateFieldAsync(definition.Key, definition.Type, [.. definition.Choices]);
            await to.CreateFieldAsync(definition.Key, definition.Type, [.. definition.Choices]);
        }

        foreach (var (i, person) in people.Index())
        {
            var day = new DateTime(2024, 1, 1, 10, 20, 30, DateTimeKind.Utc).AddDays(person.Day);
            var values = TestAccount.Values(definitions[0].Key, Value.ForString(person.Note));
            values.Fields[definitions[1].Key] = Value.ForString(person.Note);
            values.Fields["score"] = Value.ForString(person.Score.ToString(System.Globalization.CultureInfo.InvariantCulture));
            values.Fields["born"] = Value.ForString(day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
            values.Fields["feast"] = Value.ForString(day.ToString("--MM-dd", System.Globalization.CultureInfo.InvariantCulture));
            values.Fields["seen"] = Value.ForString(day.ToString("o"));
            values.Fields["vip"] = Value.ForBool(person.Flag);
            values.Fields["kinds"] = Value.ForList(Value.ForString(person.Name), Value.ForString(people[0].Name));
            var id = await from.CreateContactAsync(new() { ExternalId = $"-{i}", Email = $"a{i}@example.org", Phone = "+43 1 23", FirstName = person.Name, Fields = values });
            // One by one: two names may be the same tag.
            foreach (var tag in person.Tags)
            {
                await from.Apps.Tags.AddTagsAsync(new() { Account = from.Name, ContactId = id.ContactId, TagNames = { tag }, CreateMissing = true });
            }
        }

        string[] columns = [.. s_columns, .. definitions.Select(definition => definition.Key)];
        var file = await ExportAsync(from, columns);
        var import = await Importer.RunAsync(to.Apps, to.Name, new() { ExternalIdColumn = "external_id", TagsColumns = { "tags" } }, file);

        Assert.Empty(import.Errors);
        Assert.Empty(import.Summary.FieldsCreated);
        Assert.Equal(file, await ExportAsync(to, columns));
        Assert.Contains($"'={keys[1].Replace("\"", "\"\"", StringComparison.Ordinal)}x", file, StringComparison.Ordinal);
        var (before, after) = (await ContactsAsync(from), await ContactsAsync(to));
        Assert.Equal(before.Select(contact => contact.Fields), after.Select(contact => contact.Fields));
    }

    private static async Task<IEnumerable<Contact>> ContactsAsync(TestAccount account) =>
        (await account.Apps.Contacts.ListContactsAsync(new() { Account = account.Name })).Contacts.OrderBy(contact => contact.ExternalId, StringComparer.Ordinal);

    private static async Task<string> ExportAsync(TestAccount account, string[] columns)
    {
        var client = new ExportService.ExportServiceClient(account.Apps.Channel(Service.Tags));
        using var call = client.ExportContacts(new() { Account = account.Name, Columns = { columns } });
        var file = new StringBuilder();
        await foreach (var part in call.ResponseStream.ReadAllAsync())
        {
            file.Append(part.Data.ToStringUtf8());
        }

        return file.ToString();
    }
}
