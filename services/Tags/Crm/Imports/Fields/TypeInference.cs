using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Fields;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Imports.Fields;

/// <summary>
/// Finds the type of a column from all its values: boolean if they are the words true and false, date or date-time in ISO form or in the
/// form given, number if none has a leading zero, a plus sign or an exponent (those are codes and phone numbers), else text. A choice is
/// never inferred.
/// </summary>
internal sealed class TypeInference(TextForm form)
{
    private bool _any;
    private bool _boolean = true;
    private bool _date = true;
    private bool _instant = true;
    private bool _number = true;

    /// <summary>The type of the values seen; text if there were none.</summary>
    public Type Result => !_any ? Type.Text
        : _boolean ? Type.Boolean
        : _date ? Type.Date
        : _instant ? Type.DateTime
        : _number ? Type.Number
        : Type.Text;

    /// <summary>Takes the next value into account, which is not empty.</summary>
    public void Add(string text)
    {
        _any = true;
        _boolean = _boolean && bool.TryParse(text, out _);
        _date = _date && form.TryParseDay(text, out _);
        _instant = _instant && form.TryParseInstant(text, out _);
        _number = _number && IsPlainNumber(text) && Decimals.TryParse(text, out _);
    }

    private static bool IsPlainNumber(ReadOnlySpan<char> text)
    {
        var digits = text.StartsWith('-') ? text[1..] : text;
        var leadingZero = digits.Length > 1 && digits[0] == '0' && digits[1] != '.';
        return digits.Length > 0 && char.IsAsciiDigit(digits[0]) && char.IsAsciiDigit(digits[^1]) && !leadingZero
            && digits.IndexOfAnyExceptInRange('.', '9') < 0 && !digits.Contains('/');
    }
}
