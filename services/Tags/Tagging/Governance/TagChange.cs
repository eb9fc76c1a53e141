namespace TagSegments.Tags.Tagging.Governance;

/// <summary>A change of the library that somebody thinks about: a deletion, a merge or a rename.</summary>
/// <param name="TagId">The tag that goes or gets another name.</param>
/// <param name="IntoTagId">The tag that it is merged into; 0 for none.</param>
/// <param name="NewName">Its new name; empty for none.</param>
internal sealed record TagChange(int TagId, int IntoTagId, string NewName)
{
    /// <summary>Whether the tag is merged into another one.</summary>
    public bool IsMerge => IntoTagId > 0;

    /// <summary>Whether the tag gets another name and stays.</summary>
    public bool IsRename => NewName.Length > 0;
}
