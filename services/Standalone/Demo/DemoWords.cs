using System.Globalization;
using System.Text;

namespace TagSegments.Standalone.Demo;

/// <summary>The names and countries of generated contacts.</summary>
internal static class DemoWords
{
    public static readonly IReadOnlyList<DemoPlace> Places =
    [
        new("AT", "+43", "de", ["Vienna", "Graz", "Linz", "Salzburg"], ["Anna", "Lukas", "Sophie", "Jakob", "Lena", "Paul"], ["Gruber", "Huber", "Wagner", "Pichler", "Moser"]),
        new("DE", "+49", "de", ["Berlin", "Hamburg", "Munich", "Cologne"], ["Emma", "Ben", "Mia", "Jonas", "Clara", "Felix"], ["Müller", "Schmidt", "Fischer", "Weber", "Becker"]),
        new("CH", "+41", "de", ["Zurich", "Bern", "Basel"], ["Lara", "Noah", "Nina", "Leon"], ["Meier", "Keller", "Frei", "Baumann"]),
        new("FR", "+33", "fr", ["Paris", "Lyon", "Nantes"], ["Chloé", "Louis", "Inès", "Hugo"], ["Martin", "Bernard", "Dubois", "Laurent"]),
        new("GB", "+44", "en", ["London", "Leeds", "Bristol"], ["Olivia", "George", "Amelia", "Harry"], ["Smith", "Taylor", "Brown", "O'Neill"]),
        new("US", "+1", "en", ["Boston", "Austin", "Denver", "Seattle"], ["Ava", "Liam", "Zoe", "Mason"], ["Johnson", "Williams", "Garcia", "Davis"]),
        new("ES", "+34", "es", ["Madrid", "Seville", "Valencia"], ["Lucía", "Hugo", "María", "Mateo"], ["García", "Fernández", "López", "Núñez"]),
        new("PL", "+48", "pl", ["Warsaw", "Kraków", "Gdańsk"], ["Zofia", "Jan", "Hanna", "Filip"], ["Nowak", "Kowalska", "Wójcik", "Kamińska"]),
        new("JP", "+81", "ja", ["Tokyo", "Osaka"], ["Yui", "Haruto", "Aoi", "Ren"], ["Satō", "Suzuki", "Takahashi", "Itō"]),
    ];

    public static readonly IReadOnlyList<string> LastParts = ["Northwind", "Alpine", "Blue River", "Kestrel", "Harbour", "Granite", "Lumen", "Orchard", "Summit", "Tern"];

    public static readonly IReadOnlyList<string> CompanyKinds = ["Labs", "Logistics", "Foods", "Consulting", "Systems", "Textiles", "Energy", "Media"];

    public static readonly IReadOnlyList<string> Industries = ["Retail", "Software", "Manufacturing", "Health", "Finance", "Education", "Logistics"];

    public static readonly IReadOnlyList<string> Products = ["Starter", "Team", "Suite", "Support Plan"];

    /// <summary>Writes a name as the local part of an address: lower case, without accents and apostrophes.</summary>
    public static string Ascii(string name) => string.Concat(name
        .Normalize(NormalizationForm.FormD)
        .Where(c => char.IsAsciiLetter(c) && CharUnicodeInfo.GetUnicodeCategory(c) is not UnicodeCategory.NonSpacingMark)).ToLowerInvariant();
}

/// <summary>A country with its usual names.</summary>
internal sealed record DemoPlace(
    string Country,
    string DialCode,
    string Language,
    IReadOnlyList<string> Cities,
    IReadOnlyList<string> FirstNames,
    IReadOnlyList<string> LastNames);
