using System.Globalization;
using System.Text.RegularExpressions;
using Crm.Accounts.V1;
using Crm.Auth.V1;
using Crm.Errors.V1;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using TagSegments.ServiceDefaults.Auth;
using TagSegments.ServiceDefaults.Auth.Keys;

namespace TagSegments.Tags.Crm.Accounts.Keys;

/// <summary>Serves the API keys of accounts.</summary>
internal sealed partial class ApiKeyApi(
    AccountDirectory accounts, IdempotentWrites writes, ApiKeyStore store, ApiKeyDirectory known, Roles roles, PageTokens pages)
    : AccountService.AccountServiceBase
{
    public override async Task<CreateApiKeyResponse> CreateApiKey(CreateApiKeyRequest request, ServerCallContext context)
    {
        var permissions = Check(request);
        RequireRights(context, permissions);
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        string? text = null;
        var response = await writes.RunAsync(account, context, request, async transaction =>
        {
            (var key, text) = await store.CreateAsync(transaction, account, NewKey(request, permissions, context), context.CancellationToken);
            return new CreateApiKeyResponse { Key = key };
        });
        known.Forget(account.Name);
        // Put in after the answer was kept for a repeated call: nothing that is stored has the text.
        response.Text = text ?? "";
        return response;
    }

    public override async Task<ListApiKeysResponse> ListApiKeys(ListApiKeysRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var size = PageSize.Read(request.PageSize);
        var before = pages.Read(request) is { } position ? int.Parse(position, CultureInfo.InvariantCulture) : int.MaxValue;

        var keys = await store.ListAsync(account.Id, before, size + 1, context.CancellationToken);

        var response = new ListApiKeysResponse { Keys = { keys.Take(size) } };
        response.NextPageToken = keys.Count > size ? pages.Create(request, response.Keys[^1].KeyId.ToString(CultureInfo.InvariantCulture)) : "";
        return response;
    }

    public override async Task<RevokeApiKeyResponse> RevokeApiKey(RevokeApiKeyRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        var response = await writes.RunAsync(account, context, request, async transaction => new RevokeApiKeyResponse
        {
            Key = await store.RevokeAsync(transaction, account.Id, request.KeyId, context.CancellationToken)
                ?? throw RpcErrors.NotFound("api key", request.KeyId.ToString(CultureInfo.InvariantCulture)),
        });
        known.Forget(account.Name);
        return response;
    }

    public override async Task<ListApiKeyHashesResponse> ListApiKeyHashes(ListApiKeyHashesRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        return new ListApiKeyHashesResponse { Keys = { await store.ListHashesAsync(account.Id, context.CancellationToken) } };
    }

    public override async Task<RecordApiKeyUseResponse> RecordApiKeyUse(RecordApiKeyUseRequest request, ServerCallContext context)
    {
        new FieldChecks().Require(request.UseTime is not null, "use_time", "is required").RequireTime(request.UseTime, "use_time").ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        await store.NoteUseAsync(account.Id, request.KeyId, request.UseTime!.ToDateTimeOffset(), context.CancellationToken);
        return new RecordApiKeyUseResponse();
    }

    private Permissions Check(CreateApiKeyRequest request)
    {
        var role = request.Role.Length == 0 ? Permissions.None : roles.Find(request.Role);
        var checks = new FieldChecks()
            .Require(NamePattern().IsMatch(request.Name), "name", "must have 1 to 63 letters, digits, spaces, '.', '_' or '-' and start with a letter or digit")
            .Require(role is not null, "role", "is not a role of this installation")
            .Require(request.Role.Length > 0 || request.Permissions.Count > 0, "permissions", "are required without a role")
            .RequireTime(request.ExpireTime, "expire_time");
        for (var i = 0; i < request.Permissions.Count; i++)
        {
            checks.Require(
                Enum.IsDefined(request.Permissions[i]) && request.Permissions[i] is not Permission.Unspecified,
                $"permissions[{i}]",
                "is not a permission");
        }

        checks.ThrowIfAny();
        var permissions = request.Permissions.Aggregate(role!.Value, (all, permission) => all.With(Permissions.Of(permission)));
        checks
            .Require(!permissions.Has(Permission.PlatformAdmin) && !permissions.Has(Permission.Internal), "permissions",
                "cannot be platform.admin or internal: a key is of one account")
            .Require(permissions != Permissions.None, "permissions", "are empty")
            .Require(request.ExpireTime is null || request.ExpireTime.ToDateTimeOffset() > store.Now, "expire_time", "is not in the future")
            .ThrowIfAny();
        return permissions;
    }

    // Otherwise a key would be a way around what its maker may do, and a stolen key could outlive its revocation.
    private void RequireRights(ServerCallContext context, Permissions wanted)
    {
        if (context.HasApiKey())
        {
            throw RpcErrors.Create(StatusCode.PermissionDenied, ErrorReason.PermissionDenied, "An API key cannot make API keys.");
        }

        var caller = context.GetHttpContext().User;
        var missing = caller.Identity?.IsAuthenticated == true ? wanted.Except(roles.Granted(caller)) : Permissions.None;
        if (missing != Permissions.None)
        {
            throw RpcErrors.Create(
                StatusCode.PermissionDenied,
                ErrorReason.PermissionDenied,
                $"A key can do no more than its maker, who does not have: {missing}.",
                ("permission", Permissions.NameOf(missing.Each().First())));
        }
    }

    private static NewApiKey NewKey(CreateApiKeyRequest request, Permissions permissions, ServerCallContext context) =>
        new(request.Name, permissions, context.Principal(), request.ExpireTime?.ToDateTimeOffset());

    [GeneratedRegex(@"\A[\p{L}\p{Nd}][\p{L}\p{Nd} ._-]{0,62}\z", RegexOptions.NonBacktracking)]
    private static partial Regex NamePattern();
}
