namespace TagSegments.WebConsole.Texts;

/// <summary>Names the resource files with all texts of the console: Text.resx in English, Text.de.resx in German.</summary>
public sealed class Text;
