using System.Text.RegularExpressions;
using Crm.Accounts.V1;
using Grpc.Core;

namespace TagSegments.Tags.Crm.Accounts;

/// <summary>Serves the accounts.</summary>
internal sealed partial class AccountApi(
    IdempotentWrites writes, WorkDatabase work, AccountStore store, AccountDirectory directory, PageTokens pages)
    : AccountService.AccountServiceBase
{
    private const string NoCountry = "is not a country of ISO 3166 in two capital letters";

    // Calls that create an account belong to none yet.
    private static readonly AccountInfo s_noAccount = new(0, "", "", 0);

    public override async Task<CreateAccountResponse> CreateAccount(CreateAccountRequest request, ServerCallContext context)
    {
        new FieldChecks()
            .Require(NamePattern().IsMatch(request.Account), "account",
                "must have 1 to 63 characters of a-z, 0-9, - and _ and start with a letter or digit")
            .Require(request.TimeZone.Length == 0 || TimeZones.IsKnown(request.TimeZone), "time_zone", "is not an IANA time zone")
            .Require(request.WeekStart is >= 0 and <= 7, "week_start", "must be 1 (Monday) to 7 (Sunday)")
            .Require(request.Country.Length == 0 || PhoneNumber.IsCountry(request.Country), "country", NoCountry)
            .ThrowIfAny();

        var account = new Account
        {
            Name = request.Account,
            TimeZone = request.TimeZone.Length == 0 ? "UTC" : request.TimeZone,
            WeekStart = request.WeekStart == 0 ? 1 : request.WeekStart,
            Country = request.Country,
        };
        var ct = context.CancellationToken;
        return await TransactionRetry.RunAsync(
            async () =>
            {
                await using var connection = await work.OpenAsync(ct);
                await using var transaction = await connection.BeginTransactionAsync(ct);
                var response = await writes.RunAsync(transaction, s_noAccount, context, request, async () => new CreateAccountResponse
                {
                    Account = await store.CreateAsync(transaction, account, ct) ?? throw RpcErrors.AlreadyExists("account", request.Account),
                });
                await transaction.CommitAsync(ct);
                return response;
            },
            ct);
    }

    public override async Task<GetAccountResponse> GetAccount(GetAccountRequest request, ServerCallContext context)
    {
        await directory.GetAsync(request.Account, context.CancellationToken);

        return new GetAccountResponse { Account = await store.FindAsync(request.Account, context.CancellationToken) };
    }

    public override async Task<ListAccountsResponse> ListAccounts(ListAccountsRequest request, ServerCallContext context)
    {
        var size = PageSize.Read(request.PageSize);
        var after = pages.Read(request) ?? "";

        var accounts = await store.ListAsync(context.VisibleAccounts(), after, size + 1, context.CancellationToken);

        var response = new ListAccountsResponse { Accounts = { accounts.Take(size) } };
        response.NextPageToken = accounts.Count > size ? pages.Create(request, response.Accounts[^1].Name) : "";
        return response;
    }

    public override async Task<UpdateAccountResponse> UpdateAccount(UpdateAccountRequest request, ServerCallContext context)
    {
        new FieldChecks()
            .Require(!request.HasTimeZone || TimeZones.IsKnown(request.TimeZone), "time_zone", "is not an IANA time zone")
            .Require(!request.HasWeekStart || request.WeekStart is >= 1 and <= 7, "week_start", "must be 1 (Monday) to 7 (Sunday)")
            .Require(request.Country.Length == 0 || PhoneNumber.IsCountry(request.Country), "country", NoCountry)
            .ThrowIfAny();
        var account = await directory.GetAsync(request.Account, context.CancellationToken);

        var timeZone = request.HasTimeZone ? request.TimeZone : null;
        var weekStart = request.HasWeekStart ? request.WeekStart : (int?)null;
        var country = request.HasCountry ? request.Country : null;
        var response = await writes.RunAsync(account, context, request, async transaction => new UpdateAccountResponse
        {
            Account = await AccountStore.UpdateAsync(transaction, account.Id, timeZone, weekStart, country, context.CancellationToken),
        });
        directory.Forget(request.Account);
        return response;
    }

    public override async Task<SetAccountLimitsResponse> SetAccountLimits(SetAccountLimitsRequest request, ServerCallContext context)
    {
        var limits = request.Limits ?? new();
        LimitChecks.Check(limits);
        var account = await directory.GetAsync(request.Account, context.CancellationToken);

        var response = await writes.RunAsync(account, context, request, async transaction => new SetAccountLimitsResponse
        {
            Account = await AccountStore.SetLimitsAsync(transaction, account.Id, limits, context.CancellationToken),
        });
        directory.Forget(request.Account);
        return response;
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9_-]{0,62}\z", RegexOptions.NonBacktracking)]
    private static partial Regex NamePattern();
}
