namespace TagSegments.Workflows.Runs;

/// <summary>Which runs of an account are meant: those of a workflow, at a node, of a contact, in some states; what is not given means all.</summary>
internal sealed record RunFilter(Guid? WorkflowId, int Version, string NodeId, int ContactId, short[] States)
{
    /// <summary>The condition, with the parameters of the same names and <c>@accountId</c>.</summary>
    public string Sql =>
        "account_id = @accountId"
        + (WorkflowId is null ? "" : " AND workflow_id = @WorkflowId")
        + (Version == 0 ? "" : " AND version = @Version")
        + (NodeId.Length == 0 ? "" : " AND node_id = @NodeId")
        + (ContactId == 0 ? "" : " AND contact_id = @ContactId")
        + (States.Length == 0 ? "" : " AND state = ANY(@States)");
}
