namespace TagSegments.Tags.Changes;

/// <summary>Another transaction has changed a row since it was read; the caller reads it again and retries.</summary>
internal sealed class LostUpdateException() : Exception("The change lost against a concurrent one.");
