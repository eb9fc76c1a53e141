using System.Buffers;
using System.Globalization;
using System.Text;
using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Imports.Encodings;
using UtfUnknown;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>The encoding of a file.</summary>
/// <param name="Encoding">The encoding.</param>
/// <param name="Notice">What was guessed; null if the file or the caller says it.</param>
internal sealed record FileEncoding(Encoding Encoding, ImportNotice? Notice)
{
    private const int SampleBytes = 256 * 1024;
    private const int PartBytes = 1024 * 1024;
    private const double LeastCertainty = 0.55;

    // Of Windows and of ISO 8859.
    private static readonly int[] s_latin = [1250, 1252, 1254, 1257, 28591, 28592, 28593, 28594, 28599, 28600, 28603, 28604, 28605, 28606];

    private static readonly string[] s_old = ["ibm", "x-mac"];

    // Before any call: the name of an encoding is looked up then.
    static FileEncoding() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>How another program has misread the text before it wrote the file; null if nobody says so.</summary>
    public MisreadText? Misread { get; private init; }

    private static Encoding Western => Encoding.GetEncoding(1252);

    /// <summary>What was guessed, if anything was.</summary>
    public IEnumerable<ImportNotice> Notices => Notice is null ? [] : [Notice];

    /// <summary>True for what an option can ask for.</summary>
    public static bool IsKnown(string name) => MisreadText.Find(name) is not null || Find(name) is not null;

    /// <summary>Finds an encoding by a usual name, such as <c>iso-8859-2</c>, <c>cp1250</c> or <c>macroman</c>; null if there is none.</summary>
    public static Encoding? Find(string name)
    {
        var usual = name.Trim().ToLowerInvariant();
        usual = usual is "macroman" or "mac-roman" or "x-mac-roman" ? "macintosh"
            : usual.StartsWith("cp", StringComparison.Ordinal) && int.TryParse(usual.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var page)
                ? page is >= 1250 and <= 1258 ? $"windows-{page}" : $"ibm{page}"
            : usual;
        try
        {
            return Encoding.GetEncoding(usual, EncoderFallback.ReplacementFallback, DecoderFallback.ReplacementFallback);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>
    /// Finds the encoding of a file: what the byte order mark or the caller says, else UTF-8 if the whole file is that, else what UTF-16 looks like in
    /// Western text, else what the lines with other characters look like. Throws INVALID_ARGUMENT if the file is not in the encoding asked for.
    /// </summary>
    public static FileEncoding Of(UploadedFile file, string requested) => MisreadText.Find(requested) is { } misread
        ? Detect(file, Encoding.UTF8) with { Misread = misread }
        : Detect(file, requested.Length > 0 ? Find(requested) : null);

    private static FileEncoding Detect(UploadedFile file, Encoding? asked)
    {
        Span<byte> start = stackalloc byte[4];
        var read = file.Rewind().ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return start[..read] switch
        {
            [0xEF, 0xBB, 0xBF, ..] => Certain(Encoding.UTF8),
            [0xFF, 0xFE, 0, 0] => Certain(Encoding.UTF32),
            [0, 0, 0xFE, 0xFF] => Certain(new UTF32Encoding(bigEndian: true, byteOrderMark: true)),
            [0xFF, 0xFE, ..] => Certain(Encoding.Unicode),
            [0xFE, 0xFF, ..] => Certain(Encoding.BigEndianUnicode),
            [0x84, 0x31, 0x95, 0x33] => Certain(Encoding.GetEncoding("gb18030")),
            [0, not 0, ..] when asked is null or UnicodeEncoding => Certain(Encoding.BigEndianUnicode),
            [not 0, 0, not 0, ..] when asked is null or UnicodeEncoding => Certain(Encoding.Unicode),
            _ when asked is not null => Certain(Checked(file, asked)),
            _ => file.IsUtf8() ? Certain(Encoding.UTF8) : Guess(file),
        };
    }

    private static FileEncoding Certain(Encoding encoding) => new(encoding, null);

    private static Encoding Checked(UploadedFile file, Encoding encoding)
    {
        if (encoding is UTF8Encoding ? !file.IsUtf8() : !encoding.IsSingleByte && !CanDecode(file.Rewind(), encoding))
        {
            throw RpcErrors.InvalidField("options.encoding", $"the file is not {encoding.WebName.ToUpperInvariant()}");
        }

        return encoding;
    }

    private static bool CanDecode(Stream file, Encoding encoding)
    {
        var strict = Encoding.GetEncoding(encoding.CodePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        using var reader = new StreamReader(file, strict, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        var buffer = ArrayPool<char>.Shared.Rent(PartBytes);
        try
        {
            while (reader.Read(buffer) > 0)
            {
            }

            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    private static FileEncoding Guess(UploadedFile file)
    {
        var sample = Sample(file.Rewind());
        // Nobody exports contacts from DOS or an old Macintosh with other letters than Latin ones, and the detector takes short texts for that.
        var best = CharsetDetector.DetectFromBytes(sample).Details?
            .Where(detail => detail.Encoding is not null && !s_old.Any(name => detail.EncodingName.StartsWith(name, StringComparison.OrdinalIgnoreCase)))
            .MaxBy(detail => detail.Confidence);
        var isKnown = best is { Confidence: >= (float)LeastCertainty } && best.Encoding is not (ASCIIEncoding or UTF8Encoding);
        RequireCertainty(sample, isKnown ? best : null);
        if ((!isKnown || best!.Encoding.IsSingleByte) && MacText.Looks(sample))
        {
            return Guessed(Encoding.GetEncoding("macintosh"), "it looks like macintosh, because other encodings have signs and capitals within words there");
        }

        var encoding = isKnown ? OfWindows(best!.Encoding, sample) : Western;
        var certainty = isKnown ? string.Create(CultureInfo.InvariantCulture, $"it looks like {encoding.WebName} with a certainty of {best!.Confidence:P0}")
            : $"nothing tells its encoding, so it is read as {encoding.WebName}";
        return Guessed(encoding, certainty);
    }

    private static FileEncoding Guessed(Encoding encoding, string certainty) => new(encoding, new()
    {
        Kind = ImportNotice.Types.Kind.EncodingGuessed,
        Message = $"The file is not UTF-8: {certainty}. If letters come out wrong, encoding overrules this.",
    });

    // A short text of pairs of bytes may be in several encodings, and is nonsense in Latin letters.
    private static void RequireCertainty(byte[] sample, DetectionDetail? best)
    {
        if ((best is null || s_latin.Contains(best.Encoding.CodePage)) && DoubleByteText.Candidates(sample) is { Length: > 0 } candidates)
        {
            throw RpcErrors.InvalidField("options.encoding", $"the file is not UTF-8, and too short to tell its encoding: name the right one, for example {string.Join(", ", candidates)}");
        }
    }

    // Windows extends these encodings: it has letters where they have control characters, which no file has.
    private static Encoding OfWindows(Encoding encoding, byte[] sample) => encoding.WebName switch
    {
        "iso-8859-1" => Western,
        _ when encoding.IsSingleByte && encoding.GetString(sample) == Western.GetString(sample) => Western,
        "iso-8859-9" => Encoding.GetEncoding(1254),
        "iso-8859-2" when Array.Exists(sample, one => one is >= 0x80 and < 0xA0) => Encoding.GetEncoding(1250),
        "iso-8859-7" when Array.Exists(sample, one => one is >= 0x80 and < 0xA0) => Encoding.GetEncoding(1253),
        _ => encoding,
    };

    // Whole lines that are not ASCII alone: most lines of many files say nothing.
    private static byte[] Sample(Stream file)
    {
        var sample = new ArrayBufferWriter<byte>();
        var buffer = new byte[PartBytes];
        for (int read; sample.WrittenCount < SampleBytes && (read = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)) > 0;)
        {
            var part = buffer.AsSpan(0, read);
            foreach (var line in part.Split((byte)'\n'))
            {
                // The ends of a part may cut a character in two.
                var isWhole = (line.Start.Value > 0 && line.End.Value < read) || read < buffer.Length;
                if (isWhole && sample.WrittenCount < SampleBytes && !System.Text.Ascii.IsValid(part[line]))
                {
                    sample.Write(part[line.Start..Math.Min(line.End.Value, line.Start.Value + SampleBytes)]);
                    sample.Write("\n"u8);
                }
            }
        }

        return sample.WrittenSpan.ToArray();
    }
}
