using TagSegments.Tags.Crm.Fields;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Imports.Guesses;

/// <summary>Collects the items of lists in an export of this product. The file says which of its columns they are.</summary>
internal sealed class ExportedListGuess(TextForm form) : TypeGuess(Type.MultipleChoice)
{
    private readonly SortedSet<string> _items = new(StringComparer.Ordinal);
    private bool _fits = true;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> Items => _items;

    /// <inheritdoc/>
    public override long Exceptions => _fits ? 0 : long.MaxValue;

    /// <inheritdoc/>
    public override void Add(string text, long line)
    {
        if (_fits)
        {
            _items.UnionWith(form.Split(text));
            _fits = _items.Count <= FieldChecklist.MaxChoices && _items.All(item => FieldChecklist.ChoiceProblem(item) is null);
        }
    }

    /// <inheritdoc/>
    public override TypeFinding Conclude() => new(form);
}
