using System.Globalization;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Tagging.Naming;
using TagSegments.Tags.Tagging.Usages;

namespace TagSegments.Tags.Tagging.Library;

/// <summary>Serves the tags of the library, one at a time.</summary>
internal sealed class LibraryApi(
    AccountDirectory accounts, AccountWrites writes, TagStore store, TagLifecycle lifecycle, NameGuard names, TagUsages usages)
    : TagService.TagServiceBase
{
    public override async Task<CreateTagResponse> CreateTag(CreateTagRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var tag = TagEdit.Read(request.Tag);
        var account = await accounts.GetAsync(request.Account, ct);
        var findings = await names.CheckAsync(account, [("tag.name", tag.Name)], ct);
        var number = await store.TakeNumbersAsync(account.Id, 1, ct);

        return await writes.RunAsync(account, context, request, CreateAsync, (_, _) => { });

        async Task<CreateTagResponse> CreateAsync(AccountTransaction transaction)
        {
            var tagId = await store.CreateAsync(transaction, number, tag, ct) ?? throw await TakenAsync(transaction, tag.Name, ct);
            transaction.LimitTags(account);
            return new CreateTagResponse { Tag = await TagStore.GetAsync(transaction, tagId, ct), Findings = { findings } };
        }
    }

    public override async Task<GetTagResponse> GetTag(GetTagRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);

        var tag = request.KeyCase switch
        {
            GetTagRequest.KeyOneofCase.TagId => await store.FindAsync(account.Id, request.TagId, ct) ?? throw NoTag(request.TagId),
            GetTagRequest.KeyOneofCase.Name => await store.FindAsync(account.Id, TagNames.Normalize(request.Name, "name"), ct)
                ?? throw RpcErrors.NotFound("tag", request.Name),
            _ => throw RpcErrors.InvalidField("key", "is required: tag_id or name"),
        };
        return new GetTagResponse { Tag = tag };
    }

    public override async Task<UpdateTagResponse> UpdateTag(UpdateTagRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        request.Tag ??= new Tag();
        TagEdit.Check(request.Tag);
        var attributes = TagEdit.Attributes(request);
        var account = await accounts.GetAsync(request.Account, ct);
        var findings = attributes.Contains("name")
            ? await names.CheckAsync(account, [("tag.name", TagNames.Normalize(request.Tag.Name, "tag.name"))], ct)
            : [];
        findings.RemoveAll(finding => finding.TagIds is [var only] && only == request.Tag.TagId);
        return await writes.RunAsync(account, context, request, UpdateAsync, (_, _) => { });

        async Task<UpdateTagResponse> UpdateAsync(AccountTransaction transaction)
        {
            var row = await TagStore.LockAsync(transaction, request.Tag.TagId, ct);
            CheckCurrent(row, request.Tag.Version);
            var changed = TagEdit.Apply(row, request.Tag, attributes);
            if (changed != row)
            {
                await store.SaveAsync(transaction, changed, ct);
            }

            return new UpdateTagResponse { Tag = await TagStore.GetAsync(transaction, row.TagId, ct), Findings = { findings } };
        }
    }

    public override async Task<DeleteTagResponse> DeleteTag(DeleteTagRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);
        if (!request.Force)
        {
            await usages.RequireUnusedAsync(account.Name, request.TagId, ct);
        }

        return await writes.RunAsync(account, context, request, DeleteAsync, (r, token) => r.ConsistencyToken = token);

        async Task<DeleteTagResponse> DeleteAsync(AccountTransaction transaction)
        {
            await lifecycle.DeleteAsync(transaction, request.TagId, context.Principal(), ct);
            return new DeleteTagResponse { Tag = await TagStore.GetAsync(transaction, request.TagId, ct) };
        }
    }

    public override async Task<RestoreTagResponse> RestoreTag(RestoreTagRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await accounts.GetAsync(request.Account, ct);

        return await writes.RunAsync(account, context, request, RestoreAsync, (r, token) => r.ConsistencyToken = token);

        async Task<RestoreTagResponse> RestoreAsync(AccountTransaction transaction)
        {
            await lifecycle.RestoreAsync(transaction, request.TagId, context.Principal(), ct);
            transaction.LimitTags(account);
            return new RestoreTagResponse { Tag = await TagStore.GetAsync(transaction, request.TagId, ct) };
        }
    }

    // Uses the transaction's own connection. If many calls waited for a second one, they would exhaust the pool and deadlock.
    private static async Task<RpcException> TakenAsync(AccountTransaction transaction, string name, CancellationToken ct)
    {
        var holder = await TagStore.FindIdAsync(transaction, name, ct);
        return RpcErrors.AlreadyExists("tag", name, holder?.ToString(CultureInfo.InvariantCulture) ?? "");
    }

    private static void CheckCurrent(TagRow row, long version)
    {
        if (row.DeletedAt is not null)
        {
            throw NoTag(row.TagId);
        }

        if (version != 0 && version != row.Version)
        {
            throw RpcErrors.VersionMismatch("tag", row.TagId.ToString(CultureInfo.InvariantCulture), row.Version);
        }
    }

    private static RpcException NoTag(int tagId) => RpcErrors.NotFound("tag", tagId.ToString(CultureInfo.InvariantCulture));
}
