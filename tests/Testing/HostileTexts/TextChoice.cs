using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace TagSegments.Testing.HostileTexts;

/// <summary>Chooses texts that fit a field, and now and then one that does not.</summary>
internal static class TextChoice
{
    /// <summary>What a server reads at most in one message.</summary>
    public const int MaxMessage = 4 * 1024 * 1024;

    // What many fields hold at most: names, subjects, descriptions, the texts of messages, their HTML and YAML.
    private static readonly int[] s_limits = [200, 1_000, 2_000, 65_536, 1_048_576];

    private static readonly IReadOnlyList<HostileText>[] s_texts = [LiquidTexts.All, HtmlTexts.All, YamlTexts.All, FilterTexts.All, PlainTexts.All];

    /// <summary>The languages that tenants write into a field; none for names and the like.</summary>
    public static IReadOnlyList<TextLanguage> LanguagesOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Bytes => [TextLanguage.File],
        FieldType.Message => IsOpen(field.MessageType) ? [TextLanguage.Json] : [],
        FieldType.String => LanguagesOf(field.ContainingType.Name, field.Name),
        _ => [],
    };

    /// <summary>Whether a message holds values without a schema.</summary>
    public static bool IsOpen(MessageDescriptor type) => type == Struct.Descriptor || type == Value.Descriptor || type == ListValue.Descriptor;

    /// <summary>Chooses a text and its size, of one language or, for null, of what fits the field.</summary>
    public static (string Name, string Text) Next(FieldDescriptor field, TextLanguage? language, Random random)
    {
        var fitting = language is null ? LanguagesOf(field) : [language.Value];
        var texts = random.Next(8) == 0 && language is null ? s_texts[random.Next(s_texts.Length)]
            : fitting.Count == 0 ? PlainTexts.All
            : TextsOf(fitting[random.Next(fitting.Count)]);
        var hostile = texts[random.Next(texts.Count)];
        var text = hostile.Make(Size(random), random);
        return texts == LiquidTexts.All && random.Next(4) == 0 ? ($"only when sent: {hostile.Name}", LiquidTexts.OnlyWhenSent(text)) : (hostile.Name, text);
    }

    /// <summary>
    /// Chooses a size in characters or bytes: as many small ones as large ones, up to the limit of a message, a few beyond it, and many at the
    /// limits of fields.
    /// </summary>
    public static int Size(Random random)
    {
        if (random.Next(3) == 0)
        {
            return s_limits[random.Next(s_limits.Length)] - random.Next(-1, 20);
        }

        var largest = random.Next(30) == 0 ? MaxMessage + 1_000 : MaxMessage - 4_000;
        return (int)Math.Exp(random.NextDouble() * Math.Log(largest));
    }

    private static IReadOnlyList<HostileText> TextsOf(TextLanguage language) => language switch
    {
        TextLanguage.Liquid => LiquidTexts.All,
        TextLanguage.Html => HtmlTexts.All,
        TextLanguage.Yaml => YamlTexts.All,
        TextLanguage.Filter => FilterTexts.All,
        _ => PlainTexts.All,
    };

    private static IReadOnlyList<TextLanguage> LanguagesOf(string type, string field) => (type, field) switch
    {
        ("Message" or "Variant" or "SendMessageAction", "html") => [TextLanguage.Liquid, TextLanguage.Html],
        ("Message" or "Variant" or "SendMessageAction", "subject" or "text") or ("NotifyAction", "message") => [TextLanguage.Liquid],
        (_, "yaml") => [TextLanguage.Yaml],
        ("PropertyValue", "text") => [],
        (_, "text") => [TextLanguage.Filter],
        _ => [],
    };
}
