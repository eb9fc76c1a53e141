using TagSegments.Campaigns;

return await ServiceHost.RunAsync(args, CampaignsApp.Build, typeof(CampaignsApp).Assembly);
