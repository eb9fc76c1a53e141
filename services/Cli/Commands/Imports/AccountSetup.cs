using Grpc.Core;

namespace TagSegments.Cli.Commands;

/// <summary>Makes sure that the account of an import exists, so that a newcomer's first command works.</summary>
internal static class AccountSetup
{
    public static async Task EnsureAsync(Session session, CancellationToken ct)
    {
        var account = session.RequireAccount();
        try
        {
            await session.Services.Accounts.GetAccountAsync(new() { Account = account }, cancellationToken: ct);
        }
        catch (RpcException e) when (e.HasReason("ACCOUNT_NOT_FOUND"))
        {
            await CreateAsync(session, account, ct);
        }
    }

    private static async Task CreateAsync(Session session, string account, CancellationToken ct)
    {
        try
        {
            await session.Services.Accounts.CreateAccountAsync(new() { Account = account, RequestId = RequestId.New() }, cancellationToken: ct);
            session.Report.Note($"Account {account} created.");
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.AlreadyExists)
        {
            // Another import of the same account was faster.
        }
    }
}
