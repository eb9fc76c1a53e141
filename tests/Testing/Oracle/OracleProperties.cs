using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crm.Segments.V1;
using NodaTime;
using NodaTime.Text;
using Kind = Crm.Segments.V1.PropertyValue.KindOneofCase;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Testing.Oracle;

/// <summary>Compares properties of events with conditions.</summary>
internal static partial class OracleProperties
{
    public static bool Matches(PropertyCondition condition, WorldActivity activity, Func<FieldClause, object?, bool> compare, Mutant mutant)
    {
        var json = Find(activity, condition.Name);
        var isMissing = json is not { } value || IsMissing(value);
        if (condition.Operator is Operator.IsEmpty or Operator.IsNotEmpty)
        {
            return isMissing == (condition.Operator == Operator.IsEmpty);
        }

        var typed = isMissing ? null : Typed(json!.Value, condition.Values[0].KindCase, mutant);
        var isNegative = condition.Operator is Operator.NotEquals or Operator.NotIn or Operator.NotContains;
        if (!isMissing && typed is null)
        {
            return isNegative;
        }

        return compare(
            new FieldClause
            {
                Operator = condition.Operator,
                Values = { condition.Values.Select(Operand) },
                IgnoreCase = condition.IgnoreCase,
                AndIsSet = condition.AndIsSet,
            },
            typed);
    }

    /// <summary>The number that a property adds to a sum.</summary>
    public static decimal Number(WorldActivity activity, string name, Mutant mutant) =>
        Find(activity, name) is { } json && Typed(json, Kind.Number, mutant) is decimal number ? number : 0;

    private static JsonElement? Find(WorldActivity activity, string name) =>
        activity.Properties is { } json && JsonDocument.Parse(json).RootElement.TryGetProperty(name, out var value) ? value : null;

    private static bool IsMissing(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.String => string.IsNullOrWhiteSpace(json.GetString()),
        JsonValueKind.Array => json.GetArrayLength() == 0,
        JsonValueKind.Object => !json.EnumerateObject().Any(),
        _ => false,
    };

    // Null if the property is of another type.
    private static object? Typed(JsonElement json, Kind kind, Mutant mutant)
    {
        var text = json.ValueKind == JsonValueKind.String ? json.GetString()! : null;
        return kind switch
        {
            Kind.Text => text,
            Kind.Number when json.ValueKind == JsonValueKind.Number => json.GetDecimal(),
            Kind.Number when text is not null && mutant != Mutant.TextsAreNoNumbers && PlainDecimal().IsMatch(text) => decimal.Parse(text, CultureInfo.InvariantCulture),
            Kind.Boolean when json.ValueKind is JsonValueKind.True or JsonValueKind.False => json.GetBoolean(),
            Kind.Date when text is not null && LocalDatePattern.Iso.Parse(text).TryGetValue(default, out var day) => day,
            Kind.Time when text is not null && OffsetDateTimePattern.Rfc3339.Parse(text).TryGetValue(default, out var time) => Cut(time.ToInstant()),
            _ => null,
        };
    }

    // To microseconds, as the database has them.
    private static Instant Cut(Instant time) => Instant.FromUnixTimeTicks(time.ToUnixTimeTicks() / 10 * 10);

    private static string Operand(PropertyValue value) => value.KindCase switch
    {
        Kind.Text => value.Text,
        Kind.Number => value.Number,
        Kind.Boolean => value.Boolean ? "true" : "false",
        Kind.Date => value.Date,
        _ => value.Time,
    };

    [GeneratedRegex("^-?[0-9]+([.][0-9]+)?$")]
    private static partial Regex PlainDecimal();
}
