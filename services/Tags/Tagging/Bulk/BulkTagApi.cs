using Crm.Common.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Bulk;

/// <summary>Serves the call that tags many contacts at once and answers when all is done.</summary>
internal sealed class BulkTagApi(AccountDirectory accounts, BulkWrites writes) : TagService.TagServiceBase
{
    public override async Task<BulkTagResponse> BulkTag(BulkTagRequest request, ServerCallContext context)
    {
        BulkWrites.Check(request);
        var cause = ChangeCause.FromProto(request.Cause, context, request.SkipWorkflows, Cause.Types.Kind.Bulk);
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await writes.RunAsync(account, request, cause, context);
    }
}
