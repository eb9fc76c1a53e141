using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Tags.Tests.Crm.Imports;
using TagSegments.Testing;
using Field = Crm.Contacts.V1.Field;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Fields;

/// <summary>A field changes its type while values of it are written and read: no value is left in the form of the other type, and no read fails.</summary>
public sealed class FieldRaceTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private const int Changes = 30;

    [Fact]
    public async Task Values_and_types_agree_whatever_happens_at_the_same_time()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var field = await account.CreateFieldAsync("size", Type.Text);
        using var stop = new CancellationTokenSource();

        Task[] others =
        [
            UntilStoppedAsync(() => account.CreateContactAsync(new() { Fields = TestAccount.Values("size", Value.ForString("7")) }), stop.Token),
            UntilStoppedAsync(() => Importer.RunAsync(account.Apps, account.Name, new(), "size\n7\n7\n"), stop.Token),
            UntilStoppedAsync(async () => await account.Apps.Contacts.ListContactsAsync(new() { Account = account.Name, PageSize = 1_000 }), stop.Token),
        ];
        for (var i = 0; i < Changes; i++)
        {
            field.Type = field.Type == Type.Text ? Type.Number : Type.Text;
            await UpdateAsync(account, field);
        }

        await stop.CancelAsync();
        await Task.WhenAll(others);
        var misfits = await account.QueryAsync<int>(
            $"SELECT count(*)::int FROM crm.contact JOIN crm.account USING (account_id) WHERE name = @name AND jsonb_typeof(fields -> '{field.FieldId}') = 'number'");
        Assert.Equal(Type.Text, field.Type);
        Assert.Equal(0, misfits);
    }

    private static Task UpdateAsync(TestAccount account, Field field) => Eventually.ReadAsync(
        async () => await Record.ExceptionAsync(async () => await account.Apps.Fields.UpdateFieldAsync(
            new() { Account = account.Name, Field = field, UpdateMask = new() { Paths = { "type" } } })),
        error => error is null,
        "the type to change");

    // A write that meets a change is refused with ABORTED; anything else is a fault.
    private static async Task UntilStoppedAsync(Func<Task> call, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await call();
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Aborted)
            {
                // The caller repeats it.
            }
        }
    }
}
