namespace TagSegments.Tags.Tagging.Governance;

/// <summary>A proposed change of the library: a deletion, a merge or a rename.</summary>
/// <param name="TagId">The tag to remove or rename.</param>
/// <param name="IntoTagId">The tag that it is merged into; 0 for none.</param>
/// <param name="NewName">Its new name; empty for none.</param>
internal sealed record TagChange(int TagId, int IntoTagId, string NewName)
{
    /// <summary>True if the tag is merged into another one.</summary>
    public bool IsMerge => IntoTagId > 0;

    /// <summary>True if the tag is renamed.</summary>
    public bool IsRename => NewName.Length > 0;
}
