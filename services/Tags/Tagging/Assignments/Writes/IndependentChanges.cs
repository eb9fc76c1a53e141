namespace TagSegments.Tags.Tagging.Assignments.Writes;

/// <summary>Chooses which of the waiting changes are committed together.</summary>
internal static class IndependentChanges
{
    /// <summary>
    /// Takes the changes that touch different pairs of tag and contact and have different request ids, in their order: a later one of a pair
    /// comes after the earlier one, and a repeated call finds the first one's answer in the database.
    /// </summary>
    public static (List<PendingChange> Group, List<PendingChange> Left) Take(IReadOnlyList<PendingChange> waiting, int max)
    {
        var (group, left) = (new List<PendingChange>(), new List<PendingChange>());
        var requests = new HashSet<(string, string, string)>();
        var pairs = new HashSet<(int, int)>();
        foreach (var change in waiting)
        {
            var isNew = change.Request is null || requests.Add(change.Request.Identity);

            // Records all pairs, including those of a change that is left out: a later change of one of them waits for it.
            foreach (var tagId in change.TagIds)
            {
                isNew &= pairs.Add((tagId, change.ContactId));
            }

            (isNew && group.Count < max ? group : left).Add(change);
        }

        return (group, left);
    }
}
