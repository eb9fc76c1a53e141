using System.Net;
using System.Net.Sockets;
using DnsClient;
using DnsClient.Protocol;

namespace TagSegments.Campaigns.Senders;

/// <summary>Asks the DNS for TXT records: the servers of <see cref="SenderOptions.NameServers"/>.</summary>
internal sealed class TxtLookup(SenderOptions options)
{
    private const int MostTexts = 50;
    private const int DnsPort = 53;

    // The name servers of the machine are only looked for once there is a question.
    private readonly Lazy<LookupClient> _client = new(() => new LookupClient(Settings(options)));

    /// <summary>
    /// Finds the texts of a name, in bounded time and number; none if there are none. Throws <see cref="TxtLookupException"/> if the DNS gave no
    /// answer.
    /// </summary>
    public async Task<IReadOnlyList<string>> FindAsync(string name, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(2 * options.LookupTimeout);
        try
        {
            // With a dot at its end the name is whole: nothing is appended to it.
            var answer = await _client.Value.QueryAsync($"{name}.", QueryType.TXT, cancellationToken: limit.Token);
            return !answer.HasError || answer.Header.ResponseCode == DnsHeaderResponseCode.NotExistentDomain
                ? [.. answer.Answers.OfType<TxtRecord>().Take(MostTexts).Select(record => string.Concat(record.Text))]
                : throw new TxtLookupException(answer.ErrorMessage);
        }
        catch (Exception e) when (e is DnsResponseException or SocketException or InvalidOperationException)
        {
            throw new TxtLookupException(e.Message, e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new TxtLookupException("There was no answer in time.", e);
        }
    }

    private static LookupClientOptions Settings(SenderOptions options)
    {
        IPEndPoint[] servers = [.. options.NameServers.Select(IPEndPoint.Parse)
            .Select(server => new IPEndPoint(server.Address, server.Port == 0 ? DnsPort : server.Port))];
        return new(servers)
        {
            AutoResolveNameServers = servers.Length == 0,
            UseCache = false,
            Timeout = options.LookupTimeout,
            Retries = 1,
        };
    }
}

/// <summary>The DNS gave no answer.</summary>
internal sealed class TxtLookupException(string message, Exception? inner = null) : Exception(message, inner);
