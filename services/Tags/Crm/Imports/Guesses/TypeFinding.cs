using TagSegments.Tags.Crm.Fields;

namespace TagSegments.Tags.Crm.Imports.Guesses;

/// <summary>How the values of a column are written.</summary>
/// <param name="Form">Their form; null if it is in doubt.</param>
/// <param name="Said">The form in words; empty if it is the form of the API.</param>
/// <param name="Doubt">What speaks against any form; empty if nothing does.</param>
internal sealed record TypeFinding(TextForm? Form, string Said = "", string Doubt = "");
