using TagSegments.ServiceDefaults.Data;

namespace TagSegments.Testing;

/// <summary>The database as a service connects to it: for the calls of accounts, and for work across accounts.</summary>
public sealed record ServiceDatabases(AccountDatabase Accounts, WorkDatabase Work) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Accounts.DisposeAsync();
        await Work.DisposeAsync();
    }
}
