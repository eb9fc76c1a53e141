namespace TagSegments.Tags.Tagging.Naming;

/// <summary>
/// Finds the pairs of near-duplicates in a library. The keys of a pair are equal, or share a key with one letter left out, so keys are compared only
/// where they share such a variant (the deletion neighbourhood: Mor and Fraenkel, CACM 1982). Variants are kept as hashes, part by part: a library of
/// 100,000 names of 200 letters has 20 million.
/// </summary>
internal static class NearPairs
{
    private const int VariantsPerPart = 1_000_000;
    private const ulong Base = 0x9E37_79B9_7F4A_7C15;

    /// <summary>Finds pairs, at most this many, as positions in the list, and says if there are more.</summary>
    public static (IReadOnlyList<(int First, int Second)> Pairs, bool HasMore) Find(IReadOnlyList<string> names, int most, CancellationToken ct)
    {
        var keys = names.Select(name => Key(name, ct)).ToArray();
        var parts = (ulong)(1 + (keys.Sum(key => (long)key.Length) / VariantsPerPart));
        var pairs = new SortedSet<(int First, int Second)>();
        for (var part = 0UL; part < parts; part++)
        {
            foreach (var pair in PairsOf(keys, VariantsOf(keys, parts, part, ct), ct))
            {
                if (pairs.Count == most && !pairs.Contains(pair))
                {
                    return ([.. pairs], true);
                }

                pairs.Add(pair);
            }
        }

        return ([.. pairs], false);
    }

    private static string Key(string name, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return NearDuplicates.Key(name);
    }

    // Those with equal hashes stand together.
    private static List<(ulong Hash, int Name)> VariantsOf(string[] keys, ulong parts, ulong part, CancellationToken ct)
    {
        var variants = new List<(ulong Hash, int Name)>();
        for (var name = 0; name < keys.Length; name++)
        {
            ct.ThrowIfCancellationRequested();
            variants.AddRange(HashesOf(keys[name]).Where(hash => hash % parts == part).Distinct().Select(hash => (hash, name)));
        }

        variants.Sort();
        return variants;
    }

    private static IEnumerable<(int First, int Second)> PairsOf(string[] keys, List<(ulong Hash, int Name)> variants, CancellationToken ct)
    {
        for (var (start, second) = (0, 0); second < variants.Count; second++)
        {
            ct.ThrowIfCancellationRequested();
            start = variants[start].Hash == variants[second].Hash ? start : second;
            for (var first = start; first < second; first++)
            {
                if (NearDuplicates.AreNear(keys[variants[first].Name], keys[variants[second].Name]))
                {
                    yield return (variants[first].Name, variants[second].Name);
                }
            }
        }
    }

    // The key itself, and the key without each of its letters: the hash of what stands before the letter plus that of what follows.
    private static ulong[] HashesOf(string key)
    {
        if (key.Length is < NearDuplicates.MinLengthForEdits or > NearDuplicates.MaxLengthForEdits)
        {
            return [Hash(key)];
        }

        var hashes = new ulong[key.Length + 1];
        for (var i = key.Length - 1; i >= 0; i--)
        {
            hashes[i] = (hashes[i + 1] * Base) + key[i] + 1;
        }

        var (before, power) = (0UL, 1UL);
        var whole = hashes[0];
        for (var i = 0; i < key.Length; i++)
        {
            hashes[i] = before + (power * hashes[i + 1]);
            before += power * (key[i] + 1UL);
            power *= Base;
        }

        hashes[^1] = whole;
        return hashes;
    }

    private static ulong Hash(string key) => key.Aggregate(0UL, (hash, letter) => (hash * Base) + letter + 1);
}
