using System.Collections.Frozen;
using System.Text;

namespace TagSegments.Tags.Crm.Imports.Encodings;

/// <summary>
/// Text that was UTF-8 once, and that another program has read in a different encoding before it wrote the file: <c>ü</c> has become <c>Ã¼</c> then. Letters that come out
/// right this way are hardly ever anything else.
/// </summary>
internal sealed class MisreadText
{
    private const string Prefix = "utf-8-as-";
    private const int LastLatin = 0x024F;

    // What programs take texts for, the most usual one first.
    private static readonly string[] s_usual = ["windows-1252", "windows-1250", "windows-1251", "macintosh", "ibm850"];

    private readonly FrozenDictionary<char, byte> _bytes;

    private MisreadText(Encoding encoding)
    {
        Taken = encoding.WebName;
        var letters = encoding.GetChars([.. Enumerable.Range(0x80, 0x80).Select(one => (byte)one)]);
        // Latin-1 is Windows-1252 with control characters instead of some letters, and many programs mean one and say the other.
        var bytes = Enumerable.Range(0x80, encoding.CodePage == 1252 ? 0x20 : 0).ToDictionary(one => (char)one, one => (byte)one);
        foreach (var (index, letter) in letters.Index())
        {
            bytes[letter] = (byte)(0x80 + index);
        }

        _bytes = bytes.ToFrozenDictionary();
    }

    /// <summary>The usual cases.</summary>
    public static IReadOnlyList<MisreadText> Usual { get; } = [.. s_usual.Select(name => new MisreadText(CodePagesEncodingProvider.Instance.GetEncoding(name)!))];

    /// <summary>The name for options, for example <c>utf-8-as-windows-1252</c>.</summary>
    public string Name => Prefix + Taken;

    /// <summary>The name of the encoding for which the text was taken.</summary>
    public string Taken { get; }

    /// <summary>Finds the one that an option names; null if it names none.</summary>
    public static MisreadText? Find(string option) => option.Trim().ToLowerInvariant() is var name && name.StartsWith(Prefix, StringComparison.Ordinal)
        ? Usual.FirstOrDefault(usual => usual.Name == name || (name is Prefix + "iso-8859-1" or Prefix + "latin1" && usual.Name == Usual[0].Name))
        : null;

    /// <summary>True if a text has other characters than ASCII, and all of them are parts of misread ones: not of one other letter only, such as the ÓŻ of RÓŻA.</summary>
    public bool Fits(string text)
    {
        var (letters, isSure) = (0, false);
        for (var i = 0; i < text.Length;)
        {
            if (char.IsAscii(text[i]) || IsTrimmed(text, i))
            {
                i++;
                continue;
            }

            var length = LengthOf(text, i, out var rune);
            if (length == 0)
            {
                return false;
            }

            (letters, isSure) = (letters + 1, isSure || length > 2 || rune.Value <= LastLatin);
            i += length;
        }

        return isSure || letters > 1;
    }

    /// <summary>Puts the letters back that were misread, once or several times. Others stay, so a text that is right does, too.</summary>
    public string Repair(string text)
    {
        const int most = 3;
        for (var i = 0; i < most && !Ascii.IsValid(text); i++)
        {
            var repaired = RepairOnce(text);
            if (repaired == text)
            {
                break;
            }

            text = repaired;
        }

        return text;
    }

    private string RepairOnce(string text)
    {
        var repaired = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var rune = default(Rune);
            var length = char.IsAscii(text[i]) ? 0 : LengthOf(text, i, out rune);
            if (length == 0)
            {
                repaired.Append(text[i]);
                i++;
            }
            else
            {
                repaired.Append(rune);
                i += length;
            }
        }

        return repaired.ToString();
    }

    // What "à" has become ends with a space, which is trimmed off at the end.
    private bool IsTrimmed(string text, int place) => place == text.Length - 1 && _bytes.TryGetValue(text[place], out var last) && last == 0xC3;

    // The number of characters from a place that are the bytes of one in UTF-8; 0 if they are none.
    private int LengthOf(string text, int place, out Rune rune)
    {
        rune = default;
        if (!_bytes.TryGetValue(text[place], out var lead))
        {
            return 0;
        }

        var length = lead switch { >= 0xC2 and <= 0xDF => 2, >= 0xE0 and <= 0xEF => 3, >= 0xF0 and <= 0xF4 => 4, _ => 0 };
        if (length == 0 || place + length > text.Length)
        {
            return 0;
        }

        Span<byte> bytes = stackalloc byte[4];
        bytes[0] = lead;
        for (var i = 1; i < length; i++)
        {
            if (!_bytes.TryGetValue(text[place + i], out bytes[i]))
            {
                return 0;
            }
        }

        return Rune.DecodeFromUtf8(bytes[..length], out rune, out var consumed) == System.Buffers.OperationStatus.Done && consumed == length ? length : 0;
    }
}
