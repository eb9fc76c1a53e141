using Crm.Campaigns.V1;
using Crm.Errors.V1;
using Grpc.Core;
using Npgsql;
using Channel = Crm.Common.V1.Channel;

namespace TagSegments.Campaigns.Senders;

/// <summary>
/// Decides who an account may send as: addresses of domains that it has verified, and the installation's own address where the operator shares it.
/// Replies may go anywhere, because their address says nothing about who has sent a message.
/// </summary>
internal sealed class SenderRules(SenderOptions options, IConfiguration configuration)
{
    private readonly string _shared = configuration["Smtp:From"] ?? "";

    /// <summary>Throws FAILED_PRECONDITION with reason SENDER_NOT_VERIFIED unless the account may send as the sender of a message.</summary>
    /// <param name="connection">A connection, which may have a transaction.</param>
    /// <param name="accountId">The account.</param>
    /// <param name="channel">The channel of the message.</param>
    /// <param name="message">The message.</param>
    /// <param name="path">The path of the message in the request.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task RequireAsync(
        NpgsqlConnection connection, int accountId, Channel channel, Message message, string path, CancellationToken ct)
    {
        var from = message.FromAddress;
        if (channel != Channel.Email || options.NeedsNoProof)
        {
            return;
        }

        if (from.Length == 0 || Address.Key(channel, from) == Address.Key(channel, _shared))
        {
            if (!options.SharedFrom)
            {
                throw NotVerified(path, "", "This installation does not share its own address. Name a sender address of a domain that the account has verified.");
            }

            return;
        }

        var domain = EmailAddress.DomainOf(from);
        if (domain is null || !await SenderDomainStore.HasVerifiedAsync(connection, accountId, [.. WithParents(domain)], ct))
        {
            throw NotVerified(
                path, domain ?? "", $"The account has not verified the domain {domain}. Add it with AddSenderDomain, publish the TXT record, then call VerifySenderDomain.");
        }
    }

    private static IEnumerable<string> WithParents(string domain)
    {
        for (var dot = domain.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = domain.IndexOf('.', StringComparison.Ordinal))
        {
            yield return domain;
            domain = domain[(dot + 1)..];
        }
    }

    private static RpcException NotVerified(string path, string domain, string message) => RpcErrors.Create(
        StatusCode.FailedPrecondition, ErrorReason.SenderNotVerified, $"{path}.from_address: {message}", ("field", $"{path}.from_address"), ("domain", domain));
}
