using System.Globalization;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using NodaTime;
using NodaTime.Text;
using Npgsql;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Values;
using TagSegments.Testing.Oracle;
using FieldType = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Testing.Histories.Writes;

/// <summary>
/// Random writes to an account through the services that own what they write, each told to the model as well. Only times come from the
/// database: the model has no clock of its own.
/// </summary>
internal sealed partial class HistoryWrites(TestApps apps, NpgsqlDataSource owner, int accountId, string account, Random random)
{
    private static readonly string[] s_texts = [.. WorldGenerator.Texts.Where(text => text.Trim() == text && text.Length > 0 && !text.Any(char.IsControl))];
    private readonly WorldGenerator _values = new(random, FilterValues.ToMicroseconds(SystemClock.Instance.GetCurrentInstant()));

    /// <summary>Writes something.</summary>
    public Task NextAsync(HistoryModel model) => random.Next(24) switch
    {
        < 4 => AddTagsAsync(model),
        < 7 => RemoveTagsAsync(model),
        < 9 => BulkTagAsync(model),
        < 12 => UpdateContactAsync(model),
        12 => SetConsentAsync(model),
        13 => DeleteOrRestoreAsync(model),
        14 => MergeAsync(model),
        15 => CreateContactAsync(model),
        16 => CreateOpportunityAsync(model),
        17 => UpdateOpportunityAsync(model),
        < 21 => RecordAsync(model),
        21 => SuppressAsync(model),
        22 => RenameAsync(model),
        _ => EditSegmentAsync(model),
    };

    private WorldContact? AnyOf(IReadOnlyDictionary<int, WorldContact> contacts) =>
        contacts.Count == 0 ? null : contacts[contacts.Keys.Order().ElementAt(random.Next(contacts.Count))];

    private int[] SomeTags(HistoryModel model) =>
        [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => model.Tags[random.Next(model.Tags.Count)].Id).Distinct()];

    private bool Chance(int oneIn) => random.Next(oneIn) == 0;

    private string Text() => s_texts[random.Next(s_texts.Length)];

    // The extremes of the calendar are for tests of the language.
    private LocalDate Day()
    {
        while (true)
        {
            var day = _values.Day();
            if (day.Year is > 1900 and < 2100)
            {
                return day;
            }
        }
    }

    private object? FieldValue(FilterField field) => Chance(4) ? null : field.Type switch
    {
        FieldType.Number => _values.Number(),
        FieldType.Date => Day(),
        FieldType.DateTime => _values.Time(),
        FieldType.Boolean => Chance(2),
        FieldType.SingleChoice => field.Choices[random.Next(field.Choices.Count)],
        FieldType.MultipleChoice => field.Choices.Where(_ => Chance(2)).ToArray() is { Length: > 0 } chosen ? chosen : null,
        _ => Text(),
    };

    private static Value ToProto(object? value) => value switch
    {
        null => Value.ForNull(),
        decimal number => Value.ForString(number.ToString(CultureInfo.InvariantCulture)),
        LocalDate day => Value.ForString(LocalDatePattern.Iso.Format(day)),
        Instant instant => Value.ForString(InstantPattern.ExtendedIso.Format(instant)),
        bool truth => Value.ForBool(truth),
        string[] list => Value.ForList([.. list.Select(Value.ForString)]),
        _ => Value.ForString((string)value),
    };

    // Draws values for some fields and sets them in the model.
    private Struct Fields(Dictionary<int, object?> model, IReadOnlyList<FilterField> fields)
    {
        var values = new Struct();
        foreach (var field in Enumerable.Range(0, random.Next(1, 4)).Select(_ => fields[random.Next(fields.Count)]).Distinct())
        {
            var value = FieldValue(field);
            values.Fields[field.Name] = ToProto(value);
            model.Remove(field.FieldId);
            if (value is not null)
            {
                model[field.FieldId] = value;
            }
        }

        return values;
    }

    private static Instant Time(Timestamp timestamp) => Instant.FromDateTimeUtc(timestamp.ToDateTime());

    // When the last change was committed.
    private async Task<Instant> CommitTimeAsync() => Instant.FromDateTimeUtc(await HistoryCalls.RepeatAsync(async () =>
    {
        await using var connection = await owner.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<DateTime>(
            "SELECT committed_at FROM crm.commit WHERE account_id = @accountId ORDER BY pos DESC LIMIT 1", new { accountId });
    }));
}
