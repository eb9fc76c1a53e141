using System.Globalization;
using Crm.Segments.V1;
using Google.Protobuf.Reflection;

namespace TagSegments.Workflows.Definitions;

/// <summary>The words of YAML for enum values and periods.</summary>
internal static class FieldWords
{
    public static IEnumerable<string> EnumWords(EnumDescriptor type) => type.Values.Where(value => value.Number != 0).Select(Word);

    public static int? EnumNumber(EnumDescriptor type, string word) =>
        type.Values.FirstOrDefault(value => value.Number != 0 && Word(value) == word)?.Number;

    public static string EnumWord(EnumDescriptor type, int number) => Word(type.FindValueByNumber(number)!);

    /// <summary>Reads <c>3 days</c>; null if it is no period.</summary>
    public static Period? ReadPeriod(string text)
    {
        if (text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var count, var unit]
            || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || EnumNumber(UnitType, unit.TrimEnd('s')) is not { } unitNumber)
        {
            return null;
        }

        return new Period { Count = number, Unit = (TimeUnit)unitNumber };
    }

    public static string WritePeriod(Period period) =>
        $"{period.Count} {EnumWord(UnitType, (int)period.Unit)}{(period.Count == 1 ? "" : "s")}";

    private static EnumDescriptor UnitType => Period.Descriptor.FindFieldByName("unit").EnumType;

    // KIND_OPENED of an enum Kind is `opened`, TIME_UNIT_DAY of an enum TimeUnit is `day`.
    private static string Word(EnumValueDescriptor value)
    {
        var prefix = value.EnumDescriptor.FindValueByNumber(0)!.Name[..^"UNSPECIFIED".Length];
        return value.Name[prefix.Length..].ToLowerInvariant();
    }
}
