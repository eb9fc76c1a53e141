using System.Net;
using System.Security.Cryptography;
using Crm.Campaigns.V1;
using Grpc.Core;

namespace TagSegments.Campaigns.Senders;

/// <summary>The calls about sender domains.</summary>
internal sealed class SenderDomainApi(CallTools tools, SenderDomainStore domains, SenderDomainChecks checks) : SenderService.SenderServiceBase
{
    // What DNS allows, less the label before it.
    private const int MaxLength = 240;

    public override async Task<AddSenderDomainResponse> AddSenderDomain(AddSenderDomainRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        var domain = DomainName.ToAscii(request.Domain.Trim());
        new FieldChecks()
            .Require(IsProvable(domain), "domain", $"must be the name of a domain, of at least two labels and at most {MaxLength} characters")
            .ThrowIfAny();
        return await tools.Writes.RunAsync(account, context, request, async tx =>
        {
            var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            var row = await SenderDomainStore.AddAsync(tx, account, domain!, token, ct)
                ?? throw RpcErrors.AlreadyExists("sender domain", domain!);
            return new AddSenderDomainResponse { Domain = row.ToDomain() };
        });
    }

    public override async Task<VerifySenderDomainResponse> VerifySenderDomain(VerifySenderDomainRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        var row = await domains.FindAsync(account.Id, NameOf(request.Domain), ct) ?? throw NotFound(request.Domain);
        checks.RequireRate(account.Id);
        row = await checks.CheckAsync(row, ct) ?? throw NotFound(request.Domain);
        return new VerifySenderDomainResponse { Domain = row.ToDomain() };
    }

    public override async Task<ListSenderDomainsResponse> ListSenderDomains(ListSenderDomainsRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        var size = PageSize.Read(request.PageSize);
        var rows = await domains.ListAsync(account.Id, tools.Pages.Read(request) ?? "", size + 1, ct);
        var response = new ListSenderDomainsResponse { Domains = { rows.Take(size).Select(row => row.ToDomain()) } };
        if (rows.Count > size)
        {
            response.NextPageToken = tools.Pages.Create(request, response.Domains[^1].Domain);
        }

        return response;
    }

    public override async Task<RemoveSenderDomainResponse> RemoveSenderDomain(RemoveSenderDomainRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        return await tools.Writes.RunAsync(account, context, request, async tx =>
            await SenderDomainStore.RemoveAsync(tx, account.Id, NameOf(request.Domain), ct)
                ? new RemoveSenderDomainResponse()
                : throw NotFound(request.Domain));
    }

    // Nobody but its registry can prove a public suffix such as co.uk, so it takes no list of them.
    private static bool IsProvable(string? domain) =>
        domain is { Length: <= MaxLength } && domain.Contains('.', StringComparison.Ordinal) && !IPAddress.TryParse(domain, out _);

    private static string NameOf(string domain) => DomainName.ToAscii(domain.Trim()) ?? "";

    private static RpcException NotFound(string domain) => RpcErrors.NotFound("sender domain", domain);
}
