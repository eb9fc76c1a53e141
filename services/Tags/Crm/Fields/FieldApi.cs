using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Crm.Fields;

/// <summary>Serves the definitions of custom fields.</summary>
internal sealed partial class FieldApi(
    AccountDatabase database, AccountDirectory accounts, FieldStore store, IdempotentWrites creations, AccountWrites calls)
    : FieldService.FieldServiceBase
{
    public override async Task<CreateFieldResponse> CreateField(CreateFieldRequest request, ServerCallContext context)
    {
        var field = request.Field?.Clone() ?? throw RpcErrors.InvalidField("field", "is required");
        field.Target = field.Target == Field.Types.Target.Unspecified ? Field.Types.Target.Contact : field.Target;
        FieldChecklist.Check(field);
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        var fieldId = await IdBlocks.TakeAsync(database, account.Id, "field", 1, context.CancellationToken);
        return await creations.RunAsync(account, context, request, async transaction => new CreateFieldResponse
        {
            Field = await CreateAsync(transaction, account.Id, fieldId, field, context.CancellationToken),
        });
    }

    public override async Task<ListFieldsResponse> ListFields(ListFieldsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return new ListFieldsResponse { Fields = { await store.ListAsync(account.Id, context.CancellationToken) } };
    }

    private static async Task<Field> CreateAsync(NpgsqlTransaction transaction, int accountId, int fieldId, Field field, CancellationToken ct)
    {
        if (await FieldStore.CountAsync(transaction, accountId, ct) >= FieldChecklist.MaxFields)
        {
            throw RpcErrors.Create(
                StatusCode.FailedPrecondition, ErrorReason.WrongState, $"The account has {FieldChecklist.MaxFields} custom fields, the maximum.");
        }

        return await FieldStore.CreateAsync(transaction, accountId, fieldId, field, ct) ?? throw RpcErrors.AlreadyExists("field", field.Key);
    }
}
