using TagSegments.Tags.Crm.Fields;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Imports.Guesses;

/// <summary>Fits a column if an export writes every value of the type as it stands in the file.</summary>
internal sealed class ExactGuess(Type type, TextForm form) : TypeGuess(type)
{
    private bool _fits = true;

    /// <inheritdoc/>
    public override long Exceptions => _fits ? 0 : long.MaxValue;

    /// <inheritdoc/>
    public override void Add(string text, long line) => _fits = _fits && FieldParse.FromText(Type, [], text, form).Json is { } json && FieldParse.ToText(json) == text;

    /// <inheritdoc/>
    public override TypeFinding Conclude() => new(form);
}
