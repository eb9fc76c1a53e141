using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Caching.Memory;

namespace TagSegments.WebConsole.Security;

/// <summary>Keeps what a session knows of its person here, so that the cookie is no more than a random name. A restart ends all sessions.</summary>
internal sealed class ServerSessions : ITicketStore, IDisposable
{
    private const int Most = 100_000;
    private readonly MemoryCache _tickets = new(new MemoryCacheOptions { SizeLimit = Most });

    public async Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        var name = RandomNumberGenerator.GetHexString(64);
        await RenewAsync(name, ticket);
        return name;
    }

    public Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        var options = new MemoryCacheEntryOptions { Size = 1, AbsoluteExpiration = ticket.Properties.ExpiresUtc };
        _tickets.Set(key, ticket, options);
        return Task.CompletedTask;
    }

    public Task<AuthenticationTicket?> RetrieveAsync(string key) => Task.FromResult(_tickets.Get<AuthenticationTicket>(key));

    public Task RemoveAsync(string key)
    {
        _tickets.Remove(key);
        return Task.CompletedTask;
    }

    public void Dispose() => _tickets.Dispose();
}
