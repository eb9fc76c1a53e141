using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using TagSegments.Testing;
using TagSegments.WebConsole.Parts;
using TagSegments.WebConsole.Texts;

namespace TagSegments.WebConsole.Tests;

/// <summary>The texts of pages: in the resource files, in each language, and each of them used.</summary>
public sealed partial class TextTests
{
    private const string One = ".One";

    private static readonly string s_folder = Path.Combine(Repository.Root, "services", "WebConsole");

    [Fact]
    public void Each_language_has_the_same_texts_with_the_same_places()
    {
        var english = Read("Text.resx");
        var german = Read("Text.de.resx");

        Assert.Equal(english.Keys.Order(), german.Keys.Order());
        Assert.All(english, text => Assert.Equal(Places(text.Value), Places(german[text.Key])));
    }

    [Fact]
    public void Every_text_that_a_page_asks_for_is_there_and_no_other()
    {
        // A text for one thing goes with that for several.
        var texts = Read("Text.resx").Keys.Select(key => key.EndsWith(One, StringComparison.Ordinal) ? key[..^One.Length] : key).ToHashSet();
        var asked = Directory.EnumerateFiles(s_folder, "*.*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".razor" or ".cs" && !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .SelectMany(file => Asked().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .ToHashSet();
        // T[$"Problem.{reason}"] asks for all texts that begin so.
        var groups = asked.Where(key => key.Contains('{', StringComparison.Ordinal)).Select(key => key[..key.IndexOf('{', StringComparison.Ordinal)]).Where(group => group is not "").ToList();
        var names = asked.Where(key => !key.Contains('{', StringComparison.Ordinal)).ToList();

        Assert.Empty(names.Except(texts));
        Assert.DoesNotContain(texts, text => !names.Contains(text) && !groups.Exists(group => text.StartsWith(group, StringComparison.Ordinal)) && !text.EndsWith(".Title", StringComparison.Ordinal));
    }

    [Fact]
    public void A_text_with_a_number_has_one_for_a_single_thing()
    {
        var texts = Read("Text.resx").Keys;
        var counted = Directory.EnumerateFiles(s_folder, "*.razor", SearchOption.AllDirectories)
            .SelectMany(file => Counted().Matches(File.ReadAllText(file)))
            .SelectMany(call => Asked().Matches(call.Value))
            .Select(match => match.Groups[1].Value.Split('{')[0])
            .ToList();

        Assert.NotEmpty(counted);
        Assert.All(counted, name => Assert.All(
            texts.Where(text => !text.EndsWith(One, StringComparison.Ordinal) && (text == name || (name.EndsWith('.') && text.StartsWith(name, StringComparison.Ordinal)))),
            text => Assert.Contains(text + One, texts)));
    }

    [Theory]
    [InlineData("en", 1, "1 has no address")]
    [InlineData("en", 2000, "2,000 have no address")]
    [InlineData("de", 1, "1 ohne Adresse")]
    public void One_thing_is_written_as_one(string language, int count, string said)
    {
        using var services = new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider();
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (new(language), new(language));

        Assert.Equal(said, services.GetRequiredService<IStringLocalizer<Text>>().Counted("Reach.NoAddress", count));
    }

    [Theory]
    [InlineData("en", "Sep 8")]
    [InlineData("de", "8. Sept.")]
    public void A_day_of_a_chart_is_not_taken_for_another(string language, string said)
    {
        CultureInfo.CurrentCulture = new(language);

        Assert.Equal(said, Moments.SayDay(new(2026, 9, 8, 23, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void Every_reason_of_an_error_has_plain_words()
    {
        var texts = Read("Text.resx").Keys;
        var reasons = Enum.GetNames<Crm.Errors.V1.ErrorReason>().Where(name => name != nameof(Crm.Errors.V1.ErrorReason.Unspecified));

        Assert.NotEmpty(reasons);
        Assert.DoesNotContain(reasons, reason => !texts.Contains($"Problem.{Snake().Replace(reason, "_$1").ToUpperInvariant()}"));
    }

    private static Dictionary<string, string> Read(string file) => XDocument.Load(Path.Combine(s_folder, "Texts", file)).Root!
        .Elements("data").ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

    private static string Places(string text) => string.Join(' ', Place().Matches(text).Select(match => match.Value).Order());

    // What looks like the name of a text is one, such as "Problem.NOT_FOUND" and $"Problem.{reason}".
    [GeneratedRegex("(?<!=)\"([A-Z][A-Za-z]*\\.(?:[A-Za-z.]*\\{[^\"]*|[A-Za-z.]+))\"")]
    private static partial Regex Asked();

    [GeneratedRegex(@"\bCounted\([^,]*,")]
    private static partial Regex Counted();

    [GeneratedRegex(@"\{\d")]
    private static partial Regex Place();

    [GeneratedRegex("(?<=[a-z])([A-Z])")]
    private static partial Regex Snake();
}
