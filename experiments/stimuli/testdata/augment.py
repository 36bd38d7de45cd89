#!/usr/bin/env python3
"""Writes augment.json beside this file: crops and colours of a small image, by torchvision.

Needs torchvision (0.29 was used): python3 -m venv v; v/bin/pip install torchvision
"""
import json, math, os
import torch, torchvision
from torchvision.transforms import ColorJitter, RandomResizedCrop
from torchvision.transforms import functional as F

torch.manual_seed(1)
H, W = 9, 13
image = torch.randint(0, 256, (3, H, W), dtype=torch.uint8)
image[:, 0, :4] = torch.tensor([[0, 255, 80, 7]] * 3, dtype=torch.uint8)  # greys have no hue
image[:, 1, :3] = torch.tensor([[255, 255, 0], [0, 255, 255], [255, 0, 255]], dtype=torch.uint8)
x = image.float() / 255


def flat(t):
    return [round(v, 7) for v in t.permute(1, 2, 0).reshape(-1).tolist()]


out = {'torchvision': torchvision.__version__, 'height': H, 'width': W,
       'pixels': image.permute(1, 2, 0).reshape(-1).tolist(), 'crops': [], 'colours': [], 'draws': []}
for y0, x0, h, w, height, width in [(0, 0, 9, 13, 9, 13), (0, 0, 9, 13, 4, 5), (2, 3, 5, 7, 9, 13), (1, 0, 1, 1, 3, 4),
                                    (3, 5, 6, 2, 5, 5), (0, 4, 9, 9, 3, 20), (4, 1, 2, 12, 7, 3)]:
    y = F.resized_crop(x, y0, x0, h, w, [height, width], antialias=True)
    out['crops'].append({'part': [x0, y0, w, h], 'size': [height, width], 'pixels': flat(y)})
grey = x[:1]
for name, function, factors in [('brightness', F.adjust_brightness, [0, 0.4, 1.3]), ('contrast', F.adjust_contrast, [0, 0.6, 1.7]),
                                ('saturation', F.adjust_saturation, [0, 0.5, 2.2]), ('hue', F.adjust_hue, [-0.5, -0.1, 0.05, 0.3])]:
    for f in factors:
        out['colours'].append({'change': name, 'by': f, 'pixels': flat(function(x, f)), 'grey': flat(function(grey, f))})
n = 20000
for height, width, scale, ratio in [(32, 32, (0.08, 1), (3 / 4, 4 / 3)), (20, 70, (0.5, 1), (3 / 4, 4 / 3)), (300, 200, (0.08, 0.3), (0.5, 2)),
                                    (10, 100, (0.9, 1), (1, 1)), (100, 7, (0.9, 1), (0.5, 1))]:
    blank = torch.zeros(1, height, width)
    draws = torch.tensor([RandomResizedCrop.get_params(blank, scale, ratio) for _ in range(n)], dtype=torch.float64)
    draws = draws[:, [1, 0, 3, 2]]  # x, y, width, height
    out['draws'].append({'size': [height, width], 'scale': scale, 'ratio': ratio, 'n': n,
                         'mean': draws.mean(0).tolist(), 'sd': draws.std(0).tolist()})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'augment.json'), 'w') as f:
    json.dump(out, f)
    f.write('\n')
