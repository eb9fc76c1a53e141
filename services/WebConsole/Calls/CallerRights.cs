using Crm.Auth.V1;
using Grpc.Core;

namespace TagSegments.WebConsole.Calls;

/// <summary>What the person of a session may do in an account, asked once: pages offer nothing that the services would refuse.</summary>
public sealed class CallerRights(Caller caller)
{
    private readonly Dictionary<string, Task<HashSet<Permission>>> _known = [];

    /// <summary>Gets whether the person has a permission. Without an answer, nothing is allowed.</summary>
    public async Task<bool> HasAsync(string account, Permission permission)
    {
        var asking = _known.TryGetValue(account, out var known) ? known : _known[account] = AskAsync(account);
        try
        {
            return (await asking).Contains(permission);
        }
        catch (RpcException)
        {
            // The page itself says what went wrong; the next part asks again.
            _known.Remove(account);
            return false;
        }
    }

    private async Task<HashSet<Permission>> AskAsync(string account) =>
        [.. (await caller.CallAsync((to, options) => to.Accounts.GetCallerAsync(new() { Account = account }, options), CancellationToken.None)).Permissions];
}
