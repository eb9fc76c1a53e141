using System.Collections.Concurrent;
using System.Globalization;
using Crm.Tags.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace TagSegments.Chaos.Hostile;

/// <summary>An account and what is known to exist in it. What a request has created is there for the requests after it.</summary>
internal sealed class World(string account)
{
    private const int MostKept = 60;
    private const int LongestName = 100;
    private static int s_new;
    private readonly ConcurrentDictionary<string, List<string>> _known = new();

    public string Account => account;

    /// <summary>Picks something that exists, by its kind such as <c>contact</c>; <c>new</c> is a number that was not there before.</summary>
    public string Pick(string kind, Random random)
    {
        if (kind == "new")
        {
            return Interlocked.Increment(ref s_new).ToString(CultureInfo.InvariantCulture);
        }

        if (!_known.TryGetValue(kind, out var known))
        {
            return "1";
        }

        lock (known)
        {
            return known[random.Next(known.Count)];
        }
    }

    /// <summary>Remembers the ids that an answer names.</summary>
    public void Learn(IMessage answer, Random random)
    {
        if (answer is Tag { Name.Length: > 0 and <= LongestName } tag)
        {
            Add("tag_name", tag.Name, random);
        }

        foreach (var field in answer.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.FieldType == FieldType.Message && !field.IsMap)
            {
                foreach (var message in Messages(field.Accessor.GetValue(answer)))
                {
                    Learn(message, random);
                }
            }
            else if (!field.IsRepeated && field.Name.EndsWith("_id", StringComparison.Ordinal)
                && Convert.ToString(field.Accessor.GetValue(answer), CultureInfo.InvariantCulture) is { Length: > 0 and <= LongestName } id && id != "0")
            {
                Add(field.Name[..^3], id, random);
            }
        }
    }

    // Its size has an end, however long the run is.
    private void Add(string kind, string id, Random random)
    {
        var known = _known.GetOrAdd(kind, _ => []);
        lock (known)
        {
            if (known.Contains(id))
            {
                return;
            }

            if (known.Count < MostKept)
            {
                known.Add(id);
            }
            else
            {
                known[random.Next(MostKept)] = id;
            }
        }
    }

    private static IEnumerable<IMessage> Messages(object? value) => value switch
    {
        IMessage message => [message],
        System.Collections.IEnumerable messages => messages.OfType<IMessage>(),
        _ => [],
    };
}
