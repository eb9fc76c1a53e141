using Google.Protobuf.Reflection;

namespace TagSegments.Testing.HostileTexts;

/// <summary>Chooses texts that fit a field, and now and then one that does not.</summary>
internal static class TextChoice
{
    /// <summary>What a server reads at most in one message.</summary>
    public const int MaxMessage = 4 * 1024 * 1024;

    private static readonly IReadOnlyList<HostileText>[] s_languages = [LiquidTexts.All, HtmlTexts.All, YamlTexts.All, FilterTexts.All, PlainTexts.All];

    /// <summary>Whether tenants write a language into this field.</summary>
    public static bool HasLanguage(FieldDescriptor field) => field.FieldType == FieldType.Bytes || LanguagesOf(field)[0] != PlainTexts.All;

    /// <summary>Chooses a text and its size: as many small ones as large ones, up to the limit of a message, a few beyond it.</summary>
    public static (string Name, string Text) Next(FieldDescriptor field, Random random)
    {
        var languages = random.Next(8) == 0 ? s_languages : LanguagesOf(field);
        var language = languages[random.Next(languages.Length)];
        var hostile = language[random.Next(language.Count)];
        var text = hostile.Make(Size(random), random);
        return language == LiquidTexts.All && random.Next(4) == 0 ? ($"only when sent: {hostile.Name}", LiquidTexts.OnlyWhenSent(text)) : (hostile.Name, text);
    }

    /// <summary>Chooses a size in characters or bytes.</summary>
    public static int Size(Random random)
    {
        var largest = random.Next(30) == 0 ? MaxMessage + 1_000 : MaxMessage - 4_000;
        return (int)Math.Exp(random.NextDouble() * Math.Log(largest));
    }

    private static IReadOnlyList<HostileText>[] LanguagesOf(FieldDescriptor field) => (field.ContainingType.Name, field.Name) switch
    {
        ("Message" or "Variant" or "SendMessageAction", "html") => [LiquidTexts.All, HtmlTexts.All],
        ("Message" or "Variant" or "SendMessageAction", "subject" or "text") or ("NotifyAction", "message") => [LiquidTexts.All],
        (_, "yaml") => [YamlTexts.All],
        ("PropertyValue", "text") => [PlainTexts.All],
        (_, "text") => [FilterTexts.All],
        _ => [PlainTexts.All],
    };
}
