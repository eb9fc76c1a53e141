using System.Buffers;
using TagSegments.Tags.Crm.Fields;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Imports.Guesses;

/// <summary>
/// Counts numbers with a decimal point and with a decimal comma. A value such as 25,000 fits both, so only others can tell which it is. A code is no
/// number: one value with a leading zero, a plus sign or an exponent makes text of the column, unless it is known to hold numbers.
/// </summary>
internal sealed class NumberGuess : TypeGuess
{
    private const int LikeCode = 10;
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789");
    private readonly TextForm _form;
    private readonly bool _isKnown;
    private readonly HashSet<string> _units = new(StringComparer.Ordinal);
    private readonly NumberForm? _asked;
    private long _misses;
    private long _likeCodes;
    private long _fits;
    private long _plain;
    private long _point;
    private long _comma;
    private long _either;
    private long _spaced;
    private long _withUnit;
    private bool _hasCode;
    private bool _isMoney;

    public NumberGuess(TextForm form, bool isKnown)
        : base(Type.Number) =>
        (_form, _isKnown, _asked) = (form, isKnown, form.Numbers.IsApi ? null : form.Numbers);

    /// <inheritdoc/>
    public override long Exceptions => _hasCode && !_isKnown ? long.MaxValue : _misses + (_likeCodes * (LikeCode - 1));

    /// <inheritdoc/>
    public override long Misses => _misses + Math.Min(_point, _comma);

    /// <inheritdoc/>
    public override void Add(string text, long line)
    {
        if (IsPlain(text))
        {
            _fits++;
            _plain++;
            return;
        }

        if (!NumberForm.TrySplit(text, out var parts) || !Fits(text, parts))
        {
            _hasCode |= Decimals.TryParse(text, out _);
            _misses++;
            _likeCodes += text.AsSpan().ContainsAny(s_digits) ? 1 : 0;
        }
    }

    /// <inheritdoc/>
    public override TypeFinding Conclude()
    {
        if (_asked is not null)
        {
            return new(_form);
        }

        var needsMark = _point + _comma + _either > 0;
        var doubt = needsMark && !IsClear(_point, _comma) ? "are numbers, but the comma or point in them may stand before a fraction or between thousands"
            : _units.Count > 1 ? $"are numbers with different units ({string.Join(", ", _units.Order(StringComparer.Ordinal))})"
            : _units.Contains("%") && _withUnit < _fits ? "are numbers, of which only some are percentages"
            : _spaced > 0 && !_isMoney && !_isKnown ? "may be numbers or codes in groups"
            : "";
        var form = _plain == _fits ? NumberForm.Api : _comma > _point ? NumberForm.Comma : NumberForm.Point;
        return doubt.Length > 0 ? new(null, Doubt: doubt) : new(_form with { Numbers = form }, form.IsApi ? "" : Said(form));
    }

    private bool Fits(string text, in NumberParts parts)
    {
        if (parts.HasPlus || parts.Digits is ['0', >= '0' and <= '9', ..])
        {
            _hasCode = true;
        }

        var isPoint = NumberForm.Point.TryParse(parts, out var withPoint) && _asked != NumberForm.Comma;
        var isComma = NumberForm.Comma.TryParse(parts, out var withComma) && _asked != NumberForm.Point;
        if (!isPoint && !isComma)
        {
            return false;
        }

        _fits++;
        _plain += isPoint && parts.Unit.Length == 0 && Decimals.TryParse(text, out _) ? 1 : 0;
        _point += isPoint && !isComma ? 1 : 0;
        _comma += isComma && !isPoint ? 1 : 0;
        _either += isPoint && isComma && withPoint != withComma ? 1 : 0;
        AddUnit(parts);
        return true;
    }

    private void AddUnit(in NumberParts parts)
    {
        var isSpaced = parts.Digits.Contains(' ');
        _spaced += isSpaced ? 1 : 0;
        _isMoney |= parts.Unit.Length > 0 || (isSpaced && parts.Digits.AsSpan().ContainsAny('.', ','));
        if (parts.Unit.Length > 0)
        {
            _withUnit++;
            if (_units.Count < 3)
            {
                _units.Add(parts.Unit);
            }
        }
    }

    private string Said(NumberForm form) =>
        $"with a decimal {(form == NumberForm.Comma ? "comma" : "point")}{(_units.Count > 0 ? $", without the sign \"{_units.First()}\"" : "")}";

    // Most numbers are: digits without a leading zero.
    private static bool IsPlain(string text)
    {
        var digits = text is ['-', ..] ? text.AsSpan(1) : text;
        return digits.Length is > 0 and <= 28 && !digits.ContainsAnyExcept(s_digits) && (digits[0] != '0' || digits.Length == 1);
    }
}
