namespace TagSegments.Workflows.Definitions;

/// <summary>Ids in requests.</summary>
internal static class Uuid
{
    /// <summary>Reads an id; throws INVALID_ARGUMENT with the field if the text is not an id.</summary>
    public static Guid Read(string id, string field) =>
        Guid.TryParse(id, out var parsed) ? parsed : throw RpcErrors.InvalidField(field, "is required: a UUID");
}
