namespace TagSegments.ServiceDefaults.Auth.Keys;

/// <summary>Where a service learns of API keys.</summary>
/// <param name="ListAsync">Gets the keys of an account that were not revoked; none for an account that does not exist.</param>
/// <param name="NoteUseAsync">Writes down when a key of an account was used.</param>
public sealed record ApiKeySource(
    Func<string, CancellationToken, Task<IReadOnlyList<KnownApiKey>>> ListAsync, Func<string, int, DateTimeOffset, Task> NoteUseAsync);
