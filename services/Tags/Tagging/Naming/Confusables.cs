namespace TagSegments.Tags.Tagging.Naming;

/// <summary>Letters of other alphabets that look like Latin ones; after unicode.org/reports/tr39, the lower-case letters of everyday use.</summary>
internal static class Confusables
{
    private const string LookAlikes = "аеёіјкмнорсѕтухһԁвԛԝαεηικνορτυχωıӏɡ";
    private const string Letters = "aeeijkmhopcstyxhdbqwaenikvoptuxwilg";

    private static readonly Dictionary<char, char> s_letters = LookAlikes.Zip(Letters).ToDictionary(pair => pair.First, pair => pair.Second);

    /// <summary>Returns the Latin letter that a letter looks like, or the letter itself.</summary>
    public static char Fold(char letter) => s_letters.GetValueOrDefault(letter, letter);
}
