using TagSegments.Bitmaps;

namespace TagSegments.Segments.Evaluation.Answers;

/// <summary>
/// What PostgreSQL answered to a leaf, and for whom: contacts, or times of contacts. What is not known of some contacts is asked only if it
/// matters for the filter at hand.
/// </summary>
/// <param name="Contacts">Who matches, of those of whom it is known; of a leaf without times.</param>
/// <param name="Times">When it was, of those of whom it is known; of a leaf with times.</param>
/// <param name="IsWhole">Whether it is known of everyone but some, rather than of nobody but some.</param>
/// <param name="But">The exceptions.</param>
/// <param name="At">Where the clocks stood when it was so.</param>
internal sealed record KeptAnswer(Bitmap Contacts, ContactTimes Times, bool IsWhole, Bitmap But, AnswerClocks At)
{
    /// <summary>Nothing is known of anybody.</summary>
    public static KeptAnswer Nothing(AnswerClocks at) => new(Bitmap.Empty, ContactTimes.Empty, IsWhole: false, Bitmap.Empty, at);

    /// <summary>Whether it is known of everyone.</summary>
    public bool IsKnown => IsWhole && But.Count == 0;

    /// <summary>The bytes that it takes in memory, roughly.</summary>
    public long Bytes => Contacts.Bytes + Times.Bytes + But.Bytes;

    /// <summary>Whether it is known of a contact.</summary>
    public bool Knows(int contactId) => But.Contains(contactId) != IsWhole;

    /// <summary>Makes an answer that is the same but unknown of some contacts, as of other clocks.</summary>
    public KeptAnswer Forget(IReadOnlyCollection<int> contactIds, AnswerClocks at)
    {
        if (contactIds.Count == 0)
        {
            return this with { At = at };
        }

        var but = new BitmapEditor(But);
        foreach (var contactId in contactIds)
        {
            (IsWhole ? (Action<int>)but.Add : but.Remove)(contactId);
        }

        return this with { But = but.ToBitmap(), At = at };
    }
}
