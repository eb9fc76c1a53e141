namespace TagSegments.Tags.Changes;

/// <summary>Something was changed by somebody else since it was read; read it again and retry.</summary>
internal sealed class LostUpdateException() : Exception("The change lost against a concurrent one.");
