using System.Text.RegularExpressions;
using System.Xml.Linq;
using TagSegments.Testing;

namespace TagSegments.WebConsole.Tests;

/// <summary>The texts of pages: in the resource files, in each language, and each of them used.</summary>
public sealed partial class TextTests
{
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
        var texts = Read("Text.resx").Keys;
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

    [GeneratedRegex(@"\{\d")]
    private static partial Regex Place();

    [GeneratedRegex("(?<=[a-z])([A-Z])")]
    private static partial Regex Snake();
}
