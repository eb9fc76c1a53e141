using Crm.Accounts.V1;
using Grpc.Core;
using Grpc.Reflection.V1;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests;

/// <summary>One service of the protos served by several classes, each with the calls that it overrides.</summary>
public sealed class SharedServiceTests
{
    [Fact]
    public async Task Each_call_is_served_by_the_class_that_overrides_it()
    {
        await using var host = await StartAsync();

        var got = await host.Client.GetAccountAsync(new() { Account = "a" });
        var listed = await host.Client.ListAccountsAsync(new());

        Assert.Equal("a", got.Account.Name);
        Assert.Equal("listed", listed.Accounts.Single().Name);
    }

    [Fact]
    public async Task A_call_that_no_class_overrides_is_unimplemented()
    {
        await using var host = await StartAsync();

        var error = await Expect.FailureAsync(() => host.Client.CreateAccountAsync(new() { Account = "a" }).ResponseAsync);

        Assert.Equal(StatusCode.Unimplemented, error.Status);
    }

    [Fact]
    public async Task Reflection_names_the_service_once()
    {
        await using var host = await StartAsync();
        using var call = new ServerReflection.ServerReflectionClient(host.Channel).ServerReflectionInfo();

        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });
        await call.RequestStream.CompleteAsync();
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Single(call.ResponseStream.Current.ListServicesResponse.Service, service => service.Name == AccountService.Descriptor.FullName);
    }

    private static Task<TestHost> StartAsync() => TestHost.StartAsync((request, _) =>
        Task.FromResult(new GetAccountResponse { Account = new Account { Name = request.Account } }));
}
