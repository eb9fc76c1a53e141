using Crm.Common.V1;
using Google.Protobuf;
using Grpc.Core;
using Npgsql;
using TagSegments.ServiceDefaults;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Fields;

namespace TagSegments.Tags.Crm.Opportunities;

/// <summary>What every call about opportunities begins with, and the way in which every change is made.</summary>
internal sealed class OpportunityCalls(NpgsqlDataSource database, AccountDirectory accounts, CallWrites calls, TimeProvider time)
{
    private readonly FieldStore _fields = new(database);

    /// <summary>Finds the account or throws NOT_FOUND.</summary>
    public ValueTask<AccountInfo> AccountAsync(string name, ServerCallContext context) => accounts.GetAsync(name, context.CancellationToken);

    /// <summary>Loads the account's opportunity fields.</summary>
    public Task<FieldCatalog> FieldsAsync(AccountInfo account, ServerCallContext context) =>
        _fields.LoadAsync(account.Id, Field.Types.Target.Opportunity, context.CancellationToken);

    /// <summary>Takes numbers for new things and returns the first.</summary>
    public Task<int> TakeNumberAsync(AccountInfo account, string kind, int count, ServerCallContext context) =>
        IdBlocks.TakeAsync(database, account.Id, kind, count, context.CancellationToken);

    /// <summary>Runs a change of opportunities as the one effect of its call.</summary>
    public Task<T> WriteAsync<T>(
        AccountInfo account, ServerCallContext context, IMessage request, string requestId, Cause? cause,
        Func<OpportunityWrites, Task<T>> effect, Action<T, string> prove)
        where T : class, IMessage<T>, new()
    {
        var why = ChangeCause.FromProto(cause, context.Principal(), skipWorkflows: false);
        return calls.RunAsync(
            account, context, request, requestId,
            transaction => effect(new OpportunityWrites(transaction, why, time.GetUtcNow(), context.CancellationToken)),
            prove);
    }

    /// <summary>Runs a change of settings, which does not move the account's clock, as the one effect of its call.</summary>
    public Task<T> WriteSettingsAsync<T>(
        AccountInfo account, ServerCallContext context, IMessage request, string requestId, Func<NpgsqlTransaction, Task<T>> effect)
        where T : class, IMessage<T>, new() =>
        calls.RunAsync(account, context, request, requestId, transaction => effect(transaction.Transaction), (_, _) => { });
}
