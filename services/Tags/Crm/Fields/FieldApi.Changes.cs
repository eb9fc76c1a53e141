using System.Globalization;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Crm.Fields;

/// <summary>Serves changes of definitions, which may change values.</summary>
internal sealed partial class FieldApi
{
    private static readonly string[] s_changeable = ["key", "description", "choices", "type"];

    public override async Task<UpdateFieldResponse> UpdateField(UpdateFieldRequest request, ServerCallContext context)
    {
        var wanted = request.Field ?? throw RpcErrors.InvalidField("field", "is required");
        var paths = Paths(request);
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await calls.RunAsync(
            account, context, request,
            transaction => UpdateAsync(transaction, wanted, paths, context),
            (response, token) => response.ConsistencyToken = token);
    }

    public override async Task<DeleteFieldResponse> DeleteField(DeleteFieldRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return await calls.RunAsync(
            account, context, request,
            async transaction => new DeleteFieldResponse
            {
                Field = await FieldStore.DeleteAsync(transaction, request.FieldId, context.CancellationToken) ?? throw NotFound(request.FieldId),
            },
            (_, _) => { });
    }

    private static string[] Paths(UpdateFieldRequest request)
    {
        if (request.UpdateMask is not { Paths.Count: > 0 } mask)
        {
            return [.. s_changeable.Where(path => IsSet(request.Field, path))];
        }

        var checks = new FieldChecks();
        for (var i = 0; i < mask.Paths.Count; i++)
        {
            checks.Require(s_changeable.Contains(mask.Paths[i]), $"update_mask.paths[{i}]", "is not an attribute that can be changed");
        }

        checks.ThrowIfAny();
        return [.. mask.Paths];
    }

    private static bool IsSet(Field field, string path) => path switch
    {
        "key" => field.Key.Length > 0,
        "description" => field.Description.Length > 0,
        "choices" => field.Choices.Count > 0,
        _ => field.Type != Field.Types.Type.Unspecified,
    };

    private static async Task<UpdateFieldResponse> UpdateAsync(
        AccountTransaction transaction, Field wanted, string[] paths, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var before = await FieldStore.LockAsync(transaction, wanted.FieldId, ct) ?? throw NotFound(wanted.FieldId);
        var after = Merge(before, wanted, paths);
        FieldChecklist.Check(after);
        var rewrite = new FieldRewrite(transaction, before, after, new ChangeCause(Cause.Types.Kind.User, context.Principal()));
        var rewritten = await rewrite.RunAsync(ct);
        if (!await FieldStore.SaveAsync(transaction, after, ct))
        {
            throw RpcErrors.AlreadyExists("field", after.Key);
        }

        return new UpdateFieldResponse { Field = after, RewrittenValues = rewritten };
    }

    private static Field Merge(Field before, Field wanted, string[] paths)
    {
        var after = before.Clone();
        after.Key = paths.Contains("key") ? wanted.Key : after.Key;
        after.Description = paths.Contains("description") ? wanted.Description : after.Description;
        after.Type = paths.Contains("type") ? wanted.Type : after.Type;
        if (paths.Contains("choices"))
        {
            after.Choices.Clear();
            after.Choices.Add(wanted.Choices);
        }
        else if (after.Type is not (Field.Types.Type.SingleChoice or Field.Types.Type.MultipleChoice))
        {
            after.Choices.Clear();
        }

        return after;
    }

    private static RpcException NotFound(int fieldId) => RpcErrors.NotFound("field", fieldId.ToString(CultureInfo.InvariantCulture));
}
